/** One thing that waits: exactly what would leave, to whom, how long it waits, what to do with it. */

import { icon } from "../elements/icon.js";
import { kindWord, outcomeWord, tierWord, timeWord } from "../left/words.js";
import { html, nothing } from "../lit.js";
import "../payload/view.js";
import { fieldWord } from "../payload/words.js";
import { trimmable } from "./dialogs.js";

/** @typedef {import("../answers.js").Waiting} Waiting */
/** @typedef {import("../types.js").App} App */
/**
 * @typedef {object} Acts
 * @property {boolean} busy @property {boolean} changed since it was shown first
 * @property {() => void} approve @property {(what: "trim" | "discard") => void} ask
 */

/** @param {Waiting} waiting @param {App} app @param {Acts} acts */
export function item(waiting, app, { busy, changed, approve, ask }) {
	const { say } = app;
	const heading = `item-${waiting.key}`;
	return html`<section class="card stack" aria-labelledby=${heading}>
		<h2 id=${heading}>${kindWord(waiting.kind, say)}</h2>
		${
			changed || waiting.reason
				? html`<p class="notice" role="status">${icon("trouble")} ${say("outbox.changed")}</p>`
				: nothing
		}
		${facts(waiting, app, busy)}
		<analytics-payload
			.say=${say}
			.payload=${waiting.payload}
			.body=${waiting.body}
			.about=${(/** @type {string} */ field) => fieldWord(field, app)}
		></analytics-payload>
		<div class="row acts">
			<button class="primary" ?disabled=${busy} @click=${approve}>${say("outbox.approve")}</button>
			${
				trimmable(waiting).length
					? html`<button ?disabled=${busy} @click=${() => ask("trim")}>
							${say("outbox.trim")}
						</button>`
					: nothing
			}
			<button class="plain" ?disabled=${busy} @click=${() => ask("discard")}>
				${say("outbox.discard_ask")}
			</button>
		</div>
	</section>`;
}

/** @param {Waiting} waiting @param {App} app @param {boolean} busy */
function facts(waiting, app, busy) {
	const { say, format } = app;
	const { destination, url, tiers, last_outcome: last } = waiting;
	return html`<p>
			${say("left.to")} <bdi>${destination}</bdi><br /><code><bdi>${url}</bdi></code>
		</p>
		<p class="quiet">
			${say("outbox.times", {
				made: timeWord(waiting.time, format, "when"),
				expires: timeWord(waiting.expires, format, "when"),
			})}
		</p>
		${
			Object.keys(tiers).length
				? html`<ul class="names" aria-label=${say("left.tiers")}>
						${Object.keys(tiers).map((tier) => html`<li class="chip">${tierWord(tier, app)}</li>`)}
					</ul>`
				: nothing
		}
		${
			last && !busy
				? html`<p class="wrong">
						${say("outbox.last", { outcome: outcomeWord(last.outcome, say) })}
						${last.reason ? html`<bdi>${last.reason}</bdi>` : nothing}
					</p>`
				: nothing
		}`;
}
