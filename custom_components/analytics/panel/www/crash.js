/** Faults that were noticed: where, how often, what would be sent of each, and what became of it. */

import { AskingRoom } from "./asking.js";
import { fault } from "./crash/fault.js";
import { crashStyles } from "./crash/styles.js";
import { define, html, nothing } from "./lit.js";

/** @typedef {import("./answers.js").Crashes} Crashes */

/** @extends {AskingRoom<Crashes>} */
class Crash extends AskingRoom {
	static properties = { ...AskingRoom.properties, busy: { state: true } };
	static styles = crashStyles;

	constructor() {
		super();
		this.busy = false;
	}

	/** @override @returns {[string, Record<string, unknown>, unknown]} */
	get question() {
		// Whatever happens to a crash report is a new state; so is much else, and this is cheap to ask.
		return ["crashes", {}, this.app.state];
	}

	/** @override */
	render() {
		return html`<p class="lead">${this.app.say("crash.lead")}</p>
			${super.render()}`;
	}

	/** @override @param {Crashes} answer */
	shown({ server, noticed, never }) {
		const { say, go } = this.app;
		if (!server && !noticed.length && !never.length) {
			return html`<section class="card stack">
				<h2>${say("crash.no_server")}</h2>
				<p>${say("crash.no_server_text")}</p>
				<button @click=${() => go("options")}>${say("crash.to_options")}</button>
			</section>`;
		}
		return html`${
			server
				? html`<p class="server">
						${say("crash.server")} <bdi>${server.name}</bdi> <code><bdi>${server.url}</bdi></code>
					</p>`
				: nothing
		}
		${
			noticed.length
				? noticed.map((each) =>
						fault(each, this.app, never, this.busy, (integration, no) =>
							this.#never(integration, no),
						),
					)
				: html`<section class="card"><p>${say("crash.empty")}</p></section>`
		}
		${never.length ? this.#excluded(never) : nothing}`;
	}

	/** @param {string[]} never */
	#excluded(never) {
		const { say } = this.app;
		return html`<section class="card stack">
			<h2>${say("crash.never_title")}</h2>
			<p class="quiet">${say("crash.never_text")}</p>
			<ul class="never">
				${never.map(
					(domain) =>
						html`<li class="row">
							<code class="grow"><bdi>${domain}</bdi></code>
							<button ?disabled=${this.busy} @click=${() => this.#never(domain, false)}>
								${say("crash.again")}
							</button>
						</li>`,
				)}
			</ul>
		</section>`;
	}

	/** @param {string} integration @param {boolean} never */
	async #never(integration, never) {
		const { attempt, home } = this.app;
		this.busy = true;
		await attempt(home.ask("crashes/never", { integration, never }));
		await this.ask();
		this.busy = false;
	}
}

define("analytics-room-crash", Crash);
