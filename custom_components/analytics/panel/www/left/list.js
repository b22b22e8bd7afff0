/** The entries of one page of the journal, and the way to the others. */

import { html, nothing } from "../lit.js";
import { kindWord, outcomeWord, timeWord, tone } from "./words.js";

/** @typedef {import("../answers.js").Entry} Entry */
/** @typedef {import("../types.js").App} App */

/** @param {Entry[]} entries @param {App} app */
export const list = (entries, app) =>
	html`<ul class="list">
		${entries.map((entry) => html`<li>${row(entry, app)}</li>`)}
	</ul>`;

/** @param {Entry} entry @param {App} app */
function row(entry, { say, format, go }) {
	const path = `left/${entry.number}`;
	/** @param {MouseEvent} event */
	const open = (event) => {
		if (event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		go(path);
	};
	return html`<a href="/analytics_panel/${path}" @click=${open}>
		<span>${kindWord(entry.kind, say)}</span>
		<span class="quiet"><bdi>${entry.destination}</bdi></span>
		<span class="ended ${tone(entry.outcome)}">${outcomeWord(entry.outcome, say)}</span>
		<time class="quiet" datetime=${entry.time}>${timeWord(entry.time, format, "when")}</time>
		<span class="quiet size">${format.bytes(entry.size)}</span>
	</a>`;
}

/**
 * Return the buttons to what is older and newer, nothing where all is on one page.
 * @param {number} offset @param {number} limit @param {number} total
 * @param {App} app @param {(offset: number) => void} turn
 */
export function pager(offset, limit, total, { say, format }, turn) {
	if (total <= limit) return nothing;
	const [first, last] = [offset + 1, Math.min(offset + limit, total)].map(format.number);
	return html`<nav class="pager" aria-label=${say("left.pages")}>
		<button ?disabled=${!offset} @click=${() => turn(Math.max(0, offset - limit))}>
			${say("left.newer")}
		</button>
		<span class="quiet" role="status">
			${say("left.page", { first, last, total: format.number(total) })}
		</span>
		<button ?disabled=${offset + limit >= total} @click=${() => turn(offset + limit)}>
			${say("left.older")}
		</button>
	</nav>`;
}
