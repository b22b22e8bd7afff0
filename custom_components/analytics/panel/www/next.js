/** What would leave next, exactly, what changed since the last time, and what is held back. */

import { AskingRoom } from "./asking.js";
import { kindWord, timeWord } from "./left/words.js";
import { define, html, nothing } from "./lit.js";
import { devices } from "./next/devices.js";
import { held } from "./next/held.js";
import { nextStyles } from "./next/styles.js";
import { isObject } from "./payload/diff.js";
import "./payload/view.js";
import { fieldWord } from "./payload/words.js";

/** @typedef {import("./answers.js").Upcoming} Upcoming */

/** Return what was sent with the id of what would be, for which zeros stand: that is no change.
 * @param {unknown} sent @param {unknown} next */
const withId = (sent, next) =>
	isObject(sent) && isObject(next) && "uuid" in next ? { ...sent, uuid: next.uuid } : sent;

/** @extends {AskingRoom<Upcoming>} */
class Next extends AskingRoom {
	static properties = { ...AskingRoom.properties, every: { state: true } };
	static styles = nextStyles;

	constructor() {
		super();
		/** Whether all devices are listed, not only the first. */
		this.every = false;
	}

	get #kinds() {
		const { snapshots, tiers } = this.app.state;
		const events = tiers.some(({ name, taken }) => name === "lifecycle" && taken);
		return [
			"report",
			...(snapshots ? ["snapshot"] : []),
			"crash",
			...(events ? ["start", "stop", "fault"] : []),
		];
	}

	get #kind() {
		return this.#kinds.includes(this.sub) ? this.sub : "report";
	}

	/** @override @returns {[string, Record<string, unknown>, unknown]} */
	get question() {
		const { status, tiers, snapshots, journal, crashes } = this.app.state;
		const { destination, effective, crash_reports } = status;
		const about = [destination, effective, crash_reports, tiers, snapshots, journal, crashes];
		return ["next", { kind: this.#kind }, about];
	}

	/** @override */
	render() {
		const { say, go } = this.app;
		return html`<p class="lead">${say("next.lead")}</p>
			<div class="looks kinds" role="group" aria-label=${say("next.kinds")}>
				${this.#kinds.map(
					(kind) =>
						html`<button
							class="look"
							data-name=${kind}
							aria-pressed=${kind === this.#kind}
							@click=${() => go(`next/${kind}`)}
						>
							${kindWord(kind, say)}
						</button>`,
				)}
			</div>
			${super.render()}`;
	}

	/** @override @param {Upcoming} upcoming */
	shown(upcoming) {
		const { kind, payload } = upcoming;
		const { say } = this.app;
		// What was asked for before, of another kind.
		if (this.failure) return nothing;
		if (kind !== this.#kind) return html`<p class="card quiet">${say("panel.loading")}</p>`;
		if (!payload || !Object.keys(payload).length) {
			const none = ["report", "crash"].includes(kind) ? kind : "other";
			return html`<p class="card">${say(`next.nothing_${none}`)}</p>`;
		}
		return html`<section class="card stack">${this.#head(upcoming)}</section>
			<section class="card stack">
				<h2>${say("next.held")}</h2>
				${held(upcoming.held, this.app)}
			</section>
			${
				upcoming.devices
					? html`<section class="card stack">
							<h2>${say("next.devices")}</h2>
							${devices(upcoming.devices, this.app, this.every, () => (this.every = true))}
						</section>`
					: nothing
			}
			<section class="card stack">${this.#content(upcoming)}</section>`;
	}

	/** @param {Upcoming} upcoming */
	#content({ payload, json, last }) {
		const { say, format } = this.app;
		const zeros = isObject(payload) && "uuid" in payload;
		return html`<h2>${say("next.content")}</h2>
			<p class="quiet">
				${zeros ? say("next.zeros") : nothing} ${last ? nothing : say("next.first")}
			</p>
			<analytics-payload
				.say=${say}
				.payload=${payload}
				.body=${json}
				.previous=${last ? withId(last.payload, payload) : undefined}
				.since=${last && say("next.since", { when: timeWord(last.time, format, "when") })}
				.about=${(/** @type {string} */ field) => fieldWord(field, this.app)}
			></analytics-payload>`;
	}

	/** @param {Upcoming} upcoming */
	#head({ kind, bytes, destination }) {
		const { say, format } = this.app;
		return html`<h2>${kindWord(kind, say)}</h2>
			<p>${this.#when(kind)}</p>
			${
				destination
					? html`<p>
							${say("left.to")} <bdi>${destination.name}</bdi><br /><code
								><bdi>${destination.url}</bdi></code
							>
						</p>`
					: nothing
			}
			<p class="quiet">${say("next.size", { size: format.bytes(bytes) })}</p>`;
	}

	/** @param {string} kind */
	#when(kind) {
		const { say, format, state } = this.app;
		const { next_report, snapshots } = state.status;
		if (state.outbox.hold) return say("next.when_hold");
		if (kind !== "report" && kind !== "snapshot") return say(`next.when_${kind}`);
		const due = kind === "report" ? next_report : snapshots?.next;
		return due ? say("next.when", { when: format.when(due) }) : say("next.when_not");
	}
}

define("analytics-room-next", Next);
