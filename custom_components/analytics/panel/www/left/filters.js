/** What of the journal is shown: kinds, destination, how it ended, a word. */

import { html, nothing } from "../lit.js";
import { KINDS, OUTCOMES, kindWord, outcomeWord } from "./words.js";

/** @typedef {import("../answers.js").Filter} Filter */
/** @typedef {import("../answers.js").Listed} Listed */

/** @type {Filter} */
export const EVERYTHING = { kinds: [], url: "", outcomes: [], search: "" };

/** Return a filter as commands take it: without what does not narrow. @param {Filter} filter */
export function asked({ kinds, url, outcomes, search }) {
	return {
		...(kinds.length ? { kinds } : {}),
		...(url ? { url } : {}),
		...(outcomes.length ? { outcomes } : {}),
		...(search.trim() ? { search: search.trim() } : {}),
	};
}

/** @param {Filter} filter */
export const narrows = (filter) => Object.keys(asked(filter)).length > 0;

/**
 * Return the controls; `choose` gets what was changed.
 * @param {Filter} filter @param {Pick<Listed, "kinds" | "destinations" | "outcomes">} listed
 * @param {import("../texts.js").Say} say
 * @param {(changed: Partial<Filter>) => void} choose
 */
export function filters(filter, listed, say, choose) {
	const { destinations } = listed;
	/** @param {Event} event */
	const value = (event) => /** @type {HTMLInputElement} */ (event.target).value;
	return html`<search class="filters">
		<label class="search">
			<span class="unseen">${say("left.search")}</span>
			<input
				type="search"
				name="search"
				maxlength="200"
				placeholder=${say("left.search")}
				.value=${filter.search}
				@input=${(/** @type {Event} */ event) => choose({ search: value(event) })}
			/>
		</label>
		${
			destinations.length > 1 || filter.url
				? html`<label>
						<span class="unseen">${say("left.destination")}</span>
						<select
							name="destination"
							@change=${(/** @type {Event} */ event) => choose({ url: value(event) })}
						>
							<option value="" ?selected=${!filter.url}>${say("left.all_destinations")}</option>
							${destinations.map(
								({ url, name, count }) =>
									html`<option value=${url} ?selected=${url === filter.url}>
										${name} – ${url} (${count})
									</option>`,
							)}
						</select>
					</label>`
				: nothing
		}
		${choices("kinds", listed.kinds, filter.kinds, (kind) => kindWord(kind, say))}
		${choices("outcomes", listed.outcomes, filter.outcomes, (outcome) => outcomeWord(outcome, say))}
	</search>`;

	/**
	 * @param {"kinds" | "outcomes"} which @param {Record<string, number>} counts
	 * @param {string[]} chosen @param {(name: string) => string} word
	 */
	function choices(which, counts, chosen, word) {
		const order = which === "kinds" ? KINDS : OUTCOMES;
		const there = new Set([...Object.keys(counts), ...chosen]);
		const names = [...new Set([...order, ...there])].filter((name) => there.has(name));
		if (names.length < 2 && !chosen.length) return nothing;
		return html`<div class="looks" role="group" aria-label=${say(`left.${which}`)}>
			${names.map((name) => {
				const on = chosen.includes(name);
				const then = on ? chosen.filter((each) => each !== name) : [...chosen, name];
				return html`<button
					class="look"
					data-name=${name}
					aria-pressed=${on}
					@click=${() => choose({ [which]: then })}
				>
					${word(name)} <span class="quiet">${counts[name] ?? 0}</span>
				</button>`;
			})}
		</div>`;
	}
}
