/** One entry of the journal: what was sent, to whom, under which consent, and how that ended. */

import { AskingRoom } from "../asking.js";
import { icon } from "../elements/icon.js";
import { define, html, nothing } from "../lit.js";
import "../payload/view.js";
import { fieldWord } from "../payload/words.js";
import { leftStyles } from "./styles.js";
import { kindWord, outcomeWord, tierWord, timeWord, tone } from "./words.js";

/** @typedef {import("../answers.js").OpenedEntry} OpenedEntry */

/** @extends {AskingRoom<OpenedEntry>} */
class EntryView extends AskingRoom {
	static styles = leftStyles;

	/** @override @returns {[string, Record<string, unknown>, unknown]} */
	get question() {
		return ["journal/entry", { number: Number(this.sub) }, this.app.state.journal];
	}

	/** @override */
	render() {
		return html`<button class="plain back" @click=${() => this.app.go("left")}>
				${icon("back")} ${this.app.say("left.back")}
			</button>
			${super.render()}`;
	}

	/** @override @param {OpenedEntry} entry */
	shown(entry) {
		const { outcome, previous, reason, status } = entry;
		const { say, format } = this.app;
		return html`<section class="card stack">
				<h2>${kindWord(entry.kind, say)}, ${timeWord(entry.time, format)}</h2>
				<p class="ended ${tone(outcome)}">
					${outcomeWord(outcome, say)}${reason ? html` – <bdi>${reason}</bdi>` : nothing}
					${status ? `(${say("left.status", { status })})` : nothing}
				</p>
				<dl class="facts">${this.#facts(entry)}</dl>
			</section>
			<section class="card stack">
				<h2>${say("left.content")}</h2>
				<analytics-payload
					.say=${say}
					.payload=${entry.payload}
					.body=${entry.body}
					.previous=${previous?.payload}
					.since=${previous && say("left.since", { when: timeWord(previous.time, format) })}
					.about=${(/** @type {string} */ field) => fieldWord(field, this.app)}
				></analytics-payload>
			</section>`;
	}

	/** @param {OpenedEntry} entry */
	#facts({ destination, url, attempt, ended, size, tiers, dropped }) {
		const { say, format } = this.app;
		const yes = Object.entries(tiers).map(([tier, version]) =>
			say("left.tier_version", { tier: tierWord(tier, this.app), version }),
		);
		const held = Object.entries(dropped ?? {}).map(
			([field, count]) => html`<li class="chip"><bdi>${field}</bdi>: ${format.number(count)}</li>`,
		);
		return Object.entries({
			to: html`<bdi>${destination}</bdi><br /><code><bdi>${url}</bdi></code>`,
			attempt: format.number(attempt),
			answered: ended ? timeWord(ended, format) : "–",
			size: format.bytes(size),
			tiers: format.list(yes) || "–",
			dropped: held.length
				? html`<ul class="names">
						${held}
					</ul>`
				: say("left.dropped_nothing"),
		}).map(
			([name, value]) =>
				html`<div>
					<dt>${say(`left.${name}`)}</dt>
					<dd>${value}</dd>
				</div>`,
		);
	}
}

define("analytics-left-entry", EntryView);
