/** What waits until somebody has looked at it: to be approved, trimmed or discarded. */

import { AskingRoom } from "./asking.js";
import "./elements/dialog.js";
import { define, html, nothing } from "./lit.js";
import { discarding, trimming } from "./outbox/dialogs.js";
import { item } from "./outbox/item.js";
import { outboxStyles } from "./outbox/styles.js";
import { outcome } from "./sending.js";

/** @typedef {import("./answers.js").Outbox} Answer */
/** @typedef {import("./answers.js").Waiting} Waiting */

/** @extends {AskingRoom<Answer>} */
class Outbox extends AskingRoom {
	static properties = {
		...AskingRoom.properties,
		busy: { state: true },
		open: { state: true },
		changed: { state: true },
	};
	static styles = outboxStyles;

	constructor() {
		super();
		this.busy = false;
		/** What is asked, about what. @type {{ what: "trim" | "discard", about: Waiting } | null} */
		this.open = null;
		/** What is not as it was shown first, by key. @type {Set<string>} */
		this.changed = new Set();
	}

	/** @override @returns {[string, Record<string, unknown>, unknown]} */
	get question() {
		const { outbox, journal } = this.app.state;
		return ["outbox", {}, [outbox, journal]];
	}

	/** @override @param {Answer} answer */
	answered({ items }) {
		const before = new Map(this.answer?.items.map(({ key, digest }) => [key, digest]));
		for (const { key, digest } of items) {
			if ((before.get(key) ?? digest) !== digest) this.changed.add(key);
		}
	}

	/** @override */
	render() {
		return html`<p class="lead">${this.app.say("outbox.lead")}</p>
			${super.render()} ${this.#dialog()}`;
	}

	/** @override @param {Answer} answer */
	shown({ hold, discard_after, items }) {
		const { app, busy, changed } = this;
		const { say, format, go } = app;
		if (items.length) {
			return items.map((each) =>
				item(each, app, {
					busy,
					changed: changed.has(each.key),
					approve: () => this.#approve(each),
					ask: (what) => (this.open = { what, about: each }),
				}),
			);
		}
		const key = hold ? "outbox.empty" : "outbox.off";
		return html`<section class="card stack">
			<h2>${say(key)}</h2>
			<p>${say(`${key}_text`, { time: format.duration(discard_after) })}</p>
			<button @click=${() => go("options")}>${say("outbox.to_options")}</button>
		</section>`;
	}

	#dialog() {
		if (!this.open) return nothing;
		const { what, about } = this.open;
		const close = () => (this.open = null);
		return what === "trim"
			? trimming(about, this.app, close, (tiers) => this.#trim(about, tiers))
			: discarding(this.app, close, () => this.#do("discard", about));
	}

	/** @param {Waiting} waiting */
	async #approve(waiting) {
		const ended = await this.#do("approve", waiting);
		if (ended) this.app.notify(outcome(this.app, ended));
	}

	/** @param {Waiting} waiting @param {string[]} tiers */
	async #trim(waiting, tiers) {
		await this.#do("trim", waiting, { tiers });
		// It was changed by whoever looks at it.
		this.changed.delete(waiting.key);
		this.requestUpdate();
	}

	/** Do something with what was shown, and show what is there then.
	 * @param {string} what @param {Waiting} waiting @param {Record<string, unknown>} [details] */
	async #do(what, { key, digest }, details) {
		const { attempt, home } = this.app;
		[this.open, this.busy] = [null, true];
		const answer = await attempt(home.ask(`outbox/${what}`, { key, digest, ...details }));
		await this.ask();
		this.busy = false;
		return answer;
	}
}

define("analytics-room-outbox", Outbox);
