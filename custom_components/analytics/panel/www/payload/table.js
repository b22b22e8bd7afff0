/** A payload for people: names at one side, values in words, lists and small tables at the other. */

import { html, nothing } from "../lit.js";
import { isObject, isPlain } from "./diff.js";

/** @typedef {import("../texts.js").Say} Say */

/** How many names of a list are shown before it has to be opened. */
const FEW = 12;
const MOST_COLUMNS = 6;

/**
 * Return a table of an object's keys, or of what else a payload can be.
 * @param {unknown} payload @param {Say} say @param {(key: string) => string} [about] what a key is
 */
export function table(payload, say, about = () => "") {
	if (!isObject(payload)) return html`<div class="payload">${shown(payload, say)}</div>`;
	return html`<table class="payload">
		<colgroup>
			<col />
			<col />
		</colgroup>
		<thead class="unseen">
			<tr>
				<th>${say("payload.field")}</th>
				<th>${say("payload.value")}</th>
			</tr>
		</thead>
		<tbody>
			${Object.entries(payload).map(
				([key, value]) =>
					html`<tr>
						<th scope="row">
							<code><bdi>${key}</bdi></code>
							${about(key) ? html`<span class="quiet">${about(key)}</span>` : nothing}
						</th>
						<td>${shown(value, say)}</td>
					</tr>`,
			)}
		</tbody>
	</table>`;
}

/** Return one value, whatever it is. @param {unknown} value @param {Say} say @returns {unknown} */
export function shown(value, say) {
	if (Array.isArray(value)) return list(value, say);
	if (isObject(value)) return object(value, say);
	return plain(value, say);
}

/** @param {unknown} value @param {Say} say */
function plain(value, say) {
	if (value === null || value === undefined) return quiet(say("payload.null"));
	if (value === true) return say("payload.true");
	if (value === false) return say("payload.false");
	if (value === "") return quiet(say("payload.empty"));
	return html`<bdi class="value">${value}</bdi>`;
}

/** @param {string} text */
const quiet = (text) => html`<span class="quiet">${text}</span>`;

/** @param {Record<string, unknown>} value @param {Say} say */
function object(value, say) {
	const entries = Object.entries(value);
	if (!entries.length) return quiet(say("payload.no_items"));
	const rows = html`<dl class="parts">
		${entries.map(
			([key, part]) =>
				html`<div>
					<dt><bdi>${key}</bdi></dt>
					<dd>${shown(part, say)}</dd>
				</div>`,
		)}
	</dl>`;
	return entries.length > FEW ? folded(say("payload.items", {}, entries.length), rows) : rows;
}

/** @param {unknown[]} items @param {Say} say */
function list(items, say) {
	if (!items.length) return quiet(say("payload.no_items"));
	if (items.every(isPlain)) return names(items, say);
	const columns = columnsOf(items);
	const rows = columns ? grid(items, columns, say) : numbered(items, say);
	return items.length > FEW ? folded(say("payload.items", {}, items.length), rows) : rows;
}

/** Return names beside each other. @param {unknown[]} items @param {Say} say */
export function names(items, say) {
	const chips = html`<ul class="names">
		${items.map((item) => html`<li class="chip">${plain(item, say)}</li>`)}
	</ul>`;
	return items.length > FEW ? folded(say("payload.items", {}, items.length), chips) : chips;
}

/** @param {unknown[]} items @param {string[]} columns @param {Say} say */
function grid(items, columns, say) {
	const rows = /** @type {Record<string, unknown>[]} */ (items);
	return html`<div class="scroll">
		<table class="grid">
			<thead>
				<tr>
					${columns.map((column) => html`<th scope="col"><bdi>${column}</bdi></th>`)}
				</tr>
			</thead>
			<tbody>
				${rows.map(
					(row) =>
						html`<tr>
							${columns.map((key) => html`<td>${key in row ? plain(row[key], say) : nothing}</td>`)}
						</tr>`,
				)}
			</tbody>
		</table>
	</div>`;
}

/** @param {unknown[]} items @param {Say} say */
const numbered = (items, say) =>
	html`<ol class="numbered">
		${items.map((item) => html`<li>${shown(item, say)}</li>`)}
	</ol>`;

/** Return the keys of flat objects, null where some are not flat or the keys are too many.
 * @param {unknown[]} items */
function columnsOf(items) {
	const keys = new Set();
	for (const item of items) {
		if (!isObject(item) || !Object.values(item).every(isPlain)) return null;
		Object.keys(item).forEach((key) => keys.add(key));
	}
	return keys.size <= MOST_COLUMNS ? [...keys] : null;
}

/** @param {string} summary @param {unknown} content */
const folded = (summary, content) =>
	html`<details>
		<summary>${summary}</summary>
		${content}
	</details>`;
