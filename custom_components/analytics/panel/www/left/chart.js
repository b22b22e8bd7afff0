/** What left, day by day: bars for eyes, a table for who has none. */

import { html, svg } from "../lit.js";

/** @typedef {import("../texts.js").Say} Say */
/** @typedef {import("../answers.js").Day} Day */

const FEWEST = 30;
const MOST = 90;
const LENGTH = 86_400_000; // milliseconds
const HEIGHT = 100;
const WIDTH = 10;
const GAP = 1.5;

/** Return every day from the first to the last, those without anything too; as many as fit.
 * @param {Day[]} days @returns {Day[]} */
export function filled(days) {
	if (!days.length) return [];
	const known = new Map(days.map((each) => [each.day, each]));
	const times = [...known.keys()].map(Date.parse);
	const last = Math.max(...times);
	const span = (last - Math.min(...times)) / LENGTH + 1;
	const count = Math.min(MOST, Math.max(FEWEST, span));
	return Array.from({ length: count }, (_, index) => {
		const day = new Date(last - (count - 1 - index) * LENGTH).toISOString().slice(0, 10);
		return known.get(day) ?? { day, sent: 0, failed: 0, bytes: 0 };
	});
}

/**
 * Return the chart.
 * @param {Day[]} days @param {import("../types.js").App} app @param {boolean} rtl
 */
export function chart(days, { say, format }, rtl) {
	const date = format.day;
	const shown = filled(days);
	if (!shown.length) return "";
	const most = Math.max(...shown.map(({ sent, failed }) => sent + failed), 1);
	const told = shown.filter(({ sent, failed }) => sent + failed);
	return html`<figure class="chart">
		<svg
			viewBox="0 0 ${shown.length * WIDTH} ${HEIGHT}"
			preserveAspectRatio="none"
			aria-hidden="true"
		>
			<g transform=${rtl ? `translate(${shown.length * WIDTH}) scale(-1 1)` : "scale(1)"}>
				${shown.map((day, index) => bar(day, index, most, `${date(day.day)}: ${words(day, say)}`))}
			</g>
		</svg>
		<div class="axis" aria-hidden="true">
			<span>${date(shown[0].day)}</span>
			<span>${date(shown[shown.length - 1].day)}</span>
			<span class="key sent">${say("left.chart_sent")}</span>
			<span class="key failed">${say("left.chart_failed")}</span>
		</div>
		<div class="unseen">
			<table>
				<caption>
					${say("left.chart")}
				</caption>
				<thead>
					<tr>
						<th scope="col">${say("left.chart_day")}</th>
						<th scope="col">${say("left.chart_sent")}</th>
						<th scope="col">${say("left.chart_failed")}</th>
						<th scope="col">${say("left.size")}</th>
					</tr>
				</thead>
				<tbody>
					${told.map(
						({ day, sent, failed, bytes }) =>
							html`<tr>
								<th scope="row">${date(day)}</th>
								<td>${format.number(sent)}</td>
								<td>${format.number(failed)}</td>
								<td>${format.bytes(bytes)}</td>
							</tr>`,
					)}
				</tbody>
			</table>
		</div>
	</figure>`;
}

/** @param {Day} day @param {Say} say */
const words = ({ sent, failed }, say) => say("left.chart_words", { sent, failed });

/** @param {Day} day @param {number} index @param {number} most @param {string} title */
function bar({ sent, failed }, index, most, title) {
	const [good, bad] = [sent, failed].map((count) => (count / most) * HEIGHT);
	const x = index * WIDTH + GAP;
	const width = WIDTH - 2 * GAP;
	return svg`<g>
    <title>${title}</title>
    <rect class="floor" x=${x} y=${HEIGHT - 2} width=${width} height="2"></rect>
    <rect class="sent" x=${x} y=${HEIGHT - good} width=${width} height=${good}></rect>
    <rect class="failed" x=${x} y=${HEIGHT - good - bad} width=${width} height=${bad}></rect>
  </g>`;
}
