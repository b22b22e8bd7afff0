/** The room now, which is not built yet. */

import { define, html } from "./lit.js";
import { Room } from "./room.js";

define(
  "analytics-room-now",
  class extends Room {
    render() {
      return html`<section class="card"></section>`;
    }
  },
);
