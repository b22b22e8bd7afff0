/** The little Markdown of our own texts, as text: no other element and no address can come of it. */

import { html } from "../lit.js";

/* A mark behind a backslash, a link, one to a room of this page, code, bold, emphasis: whichever comes first. */
const MARKS =
	/\\([!-/:-@[-`{-~])|\[((?:\\.|[^\]])*)\]\(<(https:\/\/[^>\s]*)>\)|\[([^\]]*)\]\((\/analytics_panel\/[a-z/]+)\)|`([^`]*)`|\*\*((?:\\.|[^*])+)\*\*|\*((?:\\.|[^*])+)\*/g;
const ITEM = /^- /;
const PAGE = /^https?:/;

/** @param {string} text */
export const markdown = (text) => text.split(/\n{2,}/).map((part) => block(part.split("\n")));

/** @param {string[]} lines */
const block = (lines) =>
	lines.every((line) => ITEM.test(line))
		? html`<ul class="listed">
				${lines.map((line) => html`<li>${inline(line.replace(ITEM, ""))}</li>`)}
			</ul>`
		: html`<p>${inline(lines.join(" "))}</p>`;

/** @param {string} text @returns {unknown[]} */
function inline(text) {
	const shown = [];
	let end = 0;
	for (const found of text.matchAll(MARKS)) {
		shown.push(text.slice(end, found.index), mark(found));
		end = found.index + found[0].length;
	}
	return [...shown, text.slice(end)];
}

/** @param {RegExpMatchArray} found */
function mark([, escaped, label, address, words, room, code, strong, emphasis]) {
	if (escaped !== undefined) return escaped;
	if (address !== undefined) return link(address, inline(label));
	if (room !== undefined) return html`<a href=${room}>${words}</a>`;
	if (code !== undefined) return html`<code><bdi>${code}</bdi></code>`;
	if (strong !== undefined) return html`<strong>${inline(strong)}</strong>`;
	return html`<em>${inline(emphasis)}</em>`;
}

/** A link that leaves the home, and says nothing of it. @param {string} address @param {unknown} label */
export const link = (address, label) =>
	PAGE.test(address)
		? html`<a href=${address} target="_blank" rel="noopener noreferrer"><bdi>${label}</bdi></a>`
		: html`<bdi>${label}</bdi>`;
