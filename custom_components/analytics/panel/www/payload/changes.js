/** What changed between two payloads, as a table. */

import { html, nothing } from "../lit.js";
import { changes } from "./diff.js";
import { names, shown } from "./table.js";

/** @typedef {import("../texts.js").Say} Say */
/** @typedef {import("./diff.js").Change} Change */

/** More rows than anybody reads. */
const MOST = 200;

/**
 * Return a table of what differs, or a word that nothing does.
 * @param {unknown} before @param {unknown} after @param {Say} say
 */
export function changesTable(before, after, say) {
	const found = changes(before, after);
	if (!found.length) return html`<p class="quiet">${say("payload.same")}</p>`;
	return html`<table class="payload changes">
			<colgroup>
				<col />
				<col />
			</colgroup>
			<thead class="unseen">
				<tr>
					<th>${say("payload.field")}</th>
					<th>${say("payload.change")}</th>
				</tr>
			</thead>
			<tbody>
				${found.slice(0, MOST).map((change) => row(change, say))}
			</tbody>
		</table>
		${
			found.length > MOST
				? html`<p class="quiet">${say("payload.more", {}, found.length - MOST)}</p>`
				: nothing
		}`;
}

/** @param {Change} change @param {Say} say */
const row = (change, say) =>
	html`<tr>
		<th scope="row">
			<code><bdi>${change.path || say("payload.all")}</bdi></code>
		</th>
		<td>${what(change, say)}</td>
	</tr>`;

/** @param {Change} change @param {Say} say */
function what({ how, before, after, gained, lost }, say) {
	switch (how) {
		case "items":
			return [
				gained?.length ? mark("added", names(gained, say), say) : nothing,
				lost?.length ? mark("removed", names(lost, say), say) : nothing,
			];
		case "added":
			return mark("added", shown(after, say), say);
		case "removed":
			return mark("removed", shown(before, say), say);
		default:
			return [mark("before", shown(before, say), say), mark("after", shown(after, say), say)];
	}
}

/** Return a value with a word, and a colour, for what became of it.
 * @param {"added" | "removed" | "before" | "after"} how @param {unknown} value @param {Say} say */
const mark = (how, value, say) =>
	html`<div class="mark ${how}">
		<span class="quiet">${say(`payload.${how}`)}</span>
		<div>${value}</div>
	</div>`;
