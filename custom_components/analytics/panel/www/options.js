/** The room options, which is not built yet. */

import { define, html } from "./lit.js";
import { Room } from "./room.js";

define(
  "analytics-room-options",
  class extends Room {
    render() {
      return html`<section class="card"></section>`;
    }
  },
);
