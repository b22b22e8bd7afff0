/** A snapshot as a list of devices: what is told of each, and what became nothing, and why. */

import { html, nothing } from "../lit.js";
import { shown } from "../payload/table.js";
import { ruleWord } from "./held.js";

/** @typedef {import("../answers.js").Device} Device */
/** @typedef {import("../types.js").App} App */

const FIRST = 50;

/**
 * Return the devices, those first of which something became nothing.
 * @param {Device[]} all @param {App} app @param {boolean} every whether to list more than the first
 * @param {() => void} more
 */
export function devices(all, app, every, more) {
	const { say, format } = app;
	const held = all.filter(({ nothing: gone }) => gone.length);
	const sorted = [...held, ...all.filter(({ nothing: gone }) => !gone.length)];
	const listed = every ? sorted : sorted.slice(0, FIRST);
	const counts = { all: format.number(all.length), held: format.number(held.length) };
	return html`<p class="quiet">${say("next.devices_lead", counts)}</p>
		<table class="payload devices">
			<thead class="heads">
				<tr>
					<th scope="col">${say("next.integration")}</th>
					<th scope="col">${say("next.told")}</th>
					<th scope="col">${say("next.nothing")}</th>
				</tr>
			</thead>
			<tbody>
				${listed.map((device) => row(device, app))}
			</tbody>
		</table>
		${
			listed.length < all.length
				? html`<button class="plain" @click=${more}>${say("next.all_devices", counts)}</button>`
				: nothing
		}`;
}

/** @param {Device} device @param {App} app */
const row = ({ integration, told, nothing: gone }, { say }) =>
	html`<tr>
		<th scope="row">
			<code><bdi>${integration}</bdi></code>
		</th>
		<td>
			<dl class="parts">
				${Object.entries(told)
					.filter(([, value]) => value !== null)
					.map(
						([field, value]) =>
							html`<div>
								<dt>${field}</dt>
								<dd>${shown(value, say)}</dd>
							</div>`,
					)}
			</dl>
		</td>
		<td>
			${
				gone.length
					? html`<ul class="plainly">
							${gone.map(
								({ field, value, rule }) =>
									html`<li>
										<div class="kept"><span class="quiet">${field}</span> ${shown(value, say)}</div>
										<p class="quiet">${ruleWord(rule, say)}</p>
									</li>`,
							)}
						</ul>`
					: html`<span class="quiet">–</span>`
			}
		</td>
	</tr>`;
