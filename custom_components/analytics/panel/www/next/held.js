/** What the guard holds back: which field, by which rule, what it is, and what is there instead. */

import { html } from "../lit.js";
import { shown } from "../payload/table.js";

/** @typedef {import("../types.js").Held} Held */
/** @typedef {import("../types.js").App} App */

/** Return a rule in plain words; one that is not known here by its own. @param {string} rule
 * @param {import("../texts.js").Say} say */
export function ruleWord(rule, say) {
	const word = say(`rule.${rule}`);
	return word === `rule.${rule}` ? rule : word;
}

/** @param {Held[]} found @param {App} app */
export function held(found, { say }) {
	if (!found.length) return html`<p class="quiet">${say("next.held_nothing")}</p>`;
	return html`<p class="quiet">${say("next.held_lead")}</p>
		<ul class="held">
			${found.map(
				({ field, rule, value, instead }) =>
					html`<li>
						<code><bdi>${field}</bdi></code>
						<div>
							<div class="kept">
								${shown(value, say)} <span class="chip">${say("next.stays")}</span>
							</div>
							<p class="quiet">${ruleWord(rule, say)}</p>
							<p class="quiet">
								${
									instead === null || instead === undefined
										? say("next.left_out")
										: html`${say("next.instead")} ${shown(instead, say)}`
								}
							</p>
						</div>
					</li>`,
			)}
		</ul>`;
}
