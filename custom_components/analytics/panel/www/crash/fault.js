/** One fault: what it is, where in the code, how often, what would be sent of it, and whether. */

import { timeWord } from "../left/words.js";
import { html, nothing } from "../lit.js";
import "../payload/view.js";

/** @typedef {import("../answers.js").Noticed} Noticed */

/**
 * @param {Noticed} noticed @param {import("../types.js").App} app
 * @param {string[]} never integrations of which nothing is told
 * @param {boolean} busy @param {(integration: string, never: boolean) => void} choose
 */
export function fault(noticed, app, never, busy, choose) {
	const { say, format } = app;
	const { first, integration, last, state, why } = noticed;
	const count = { shown: format.number(noticed.count) };
	return html`<section class="card stack">
		<div class="row head">
			<h2 class="grow"><bdi>${noticed.kind}</bdi></h2>
			<span class="ended ${TONES[state] ?? "open"}">${say(`crash.state_${state}`)}</span>
		</div>
		${why ? html`<p class="quiet">${say(why)}</p>` : nothing}
		<ol class="where" aria-label=${say("crash.where")}>
			${noticed.where.map(
				(place) =>
					html`<li>
						<code><bdi>${place}</bdi></code>
					</li>`,
			)}
		</ol>
		<p class="quiet">
			${say("crash.times", count, noticed.count)}
			${
				first && last
					? say("crash.seen", {
							first: timeWord(first, format, "when"),
							last: timeWord(last, format, "when"),
						})
					: nothing
			}
		</p>
		${
			noticed.event
				? html`<details>
						<summary>${say(state === "sent" ? "crash.what_sent" : "crash.what")}</summary>
						<analytics-payload .say=${say} .payload=${noticed.event}></analytics-payload>
					</details>`
				: nothing
		}
		${
			integration
				? html`<label class="row">
						<input
							type="checkbox"
							class="switch"
							role="switch"
							name=${integration}
							.checked=${never.includes(integration)}
							?disabled=${busy}
							@change=${(/** @type {Event} */ event) => {
								const box = /** @type {HTMLInputElement} */ (event.target);
								const chosen = box.checked;
								// It shows what is in force, once that is told.
								box.checked = !chosen;
								choose(integration, chosen);
							}}
						/>
						<span class="grow"
							>${say("crash.never")} <code><bdi>${integration}</bdi></code></span
						>
					</label>`
				: nothing
		}
	</section>`;
}

/** What became of a fault, as a colour. @type {Record<string, string>} */
const TONES = { sent: "sent", waiting: "open", held: "open", dropped: "kept" };
