/** A payload in each way one may look at it: as a table, as JSON, byte by byte, what changed. */

import { Element, define, html } from "../lit.js";
import { base } from "../styles.js";
import { changesTable } from "./changes.js";
import { copied } from "./copy.js";
import { payloadStyles } from "./styles.js";
import { table } from "./table.js";

/** @typedef {"table" | "changes" | "json" | "body"} Look */

class PayloadView extends Element {
	static properties = {
		say: { attribute: false },
		payload: { attribute: false },
		body: { attribute: false },
		previous: { attribute: false },
		since: { attribute: false },
		about: { attribute: false },
		look: { state: true },
		copied: { state: true },
	};
	static styles = [base, payloadStyles];

	constructor() {
		super();
		/** @type {import("../texts.js").Say} */
		this.say = (key) => key;
		/** @type {unknown} */
		this.payload = null;
		/** Exactly what leaves, as text; empty where only a part of that is shown. */
		this.body = "";
		/** What it is compared with, undefined where there is nothing. @type {unknown} */
		this.previous = undefined;
		/** Since when something changed, in words. @type {string | null | undefined} */
		this.since = "";
		/** What a field is, in words. @type {(field: string) => string} */
		this.about = () => "";
		/** @type {Look} */
		this.look = "table";
		this.copied = false;
	}

	/** @override */
	render() {
		/** @type {Look[]} */
		const looks = this.body ? ["table", "json", "body"] : ["table", "json"];
		if (this.previous !== undefined) looks.splice(1, 0, "changes");
		const look = looks.includes(this.look) ? this.look : "table";
		return html`<div class="stack">
			<div class="looks" role="group" aria-label=${this.say("payload.looks")}>
				${looks.map(
					(each) =>
						html`<button
							class="look"
							data-look=${each}
							aria-pressed=${each === look}
							@click=${() => this.#choose(each)}
						>
							${this.say(`payload.look_${each}`)}
						</button>`,
				)}
			</div>
			${this.#shown(look)}
		</div>`;
	}

	/** @param {Look} look */
	#choose(look) {
		this.look = look;
		this.copied = false;
	}

	/** @param {Look} look */
	#shown(look) {
		if (look === "table") return table(this.payload, this.say, this.about);
		if (look === "json") return this.#text(JSON.stringify(this.payload, null, 2), look);
		if (look === "body") return this.#text(this.body, look);
		return html`<p class="quiet">${this.since}</p>
			${changesTable(this.previous, this.payload, this.say)}`;
	}

	/** @param {string} text @param {Look} look */
	#text(text, look) {
		return html`<div class="row">
				<span class="quiet grow">${this.say(`payload.about_${look}`)}</span>
				<button class="plain" @click=${() => this.#copy(text)}>
					${this.say(this.copied ? "payload.copied" : "payload.copy")}
				</button>
			</div>
			<pre tabindex="0" dir="ltr" aria-label=${this.say(`payload.look_${look}`)}>${text}</pre>`;
	}

	/** @param {string} text */
	async #copy(text) {
		this.copied = await copied(text, this.renderRoot.querySelector("pre"));
	}
}

define("analytics-payload", PayloadView);
