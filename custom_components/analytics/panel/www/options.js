/** The settings: the same fields, errors and words as the integration's options flow. */

import { control, given, optionStyles } from "./option.js";
import { define, html, nothing } from "./lit.js";
import { Room } from "./room.js";
import { base } from "./styles.js";

/** @typedef {import("./types.js").Options} Options */
/** @typedef {import("./types.js").OptionField} OptionField */

const STEP = "options.step.settings";

class OptionsRoom extends Room {
	static properties = {
		options: { state: true },
		values: { state: true },
		errors: { state: true },
		busy: { state: true },
	};

	static styles = [base, optionStyles];

	constructor() {
		super();
		/** @type {Options | undefined} */
		this.options = undefined;
		/** @type {Record<string, unknown>} */
		this.values = {};
		/** @type {Record<string, string>} */
		this.errors = {};
		this.busy = false;
	}

	connectedCallback() {
		super.connectedCallback();
		this.#read();
	}

	/** @override @param {Map<PropertyKey, unknown>} changed */
	updated(changed) {
		// While the entry is loaded again, nothing answers.
		if (changed.has("app") && !this.options && !this.busy) this.#read();
	}

	async #read() {
		this.busy = true;
		await this.updateComplete;
		this.options = await this.app.attempt(this.app.home.ask("options"));
		this.busy = false;
		this.values = { ...this.options?.values };
		await this.updateComplete;
		this.shadowRoot?.getElementById(this.sub)?.focus();
	}

	get #changed() {
		const { options, values } = this;
		return JSON.stringify(values) !== JSON.stringify(options?.values);
	}

	render() {
		const { options } = this;
		const { say } = this.app;
		if (!options) return html`<p class="quiet" role="status">${say("panel.loading")}</p>`;
		return html`${
				options.fixed.length
					? html`<p class="card">${say("options.fixed", { names: options.fixed.join(", ") })}</p>`
					: nothing
			}
			<form class="card" novalidate @submit=${this.#submit}>
				${options.schema.map((field) => this.#field(field))}
				<div class="row end">
					<button class="primary" ?disabled=${this.busy || !this.#changed}>
						${say("options.save")}
					</button>
				</div>
			</form>`;
	}

	/** @param {OptionField} field */
	#field(field) {
		const { told } = this.app;
		const error = this.errors[field.name];
		return control({
			field,
			label: told(`${STEP}.data.${field.name}`) ?? field.name,
			help: told(`${STEP}.data_description.${field.name}`) ?? "",
			error: error ? (told(`options.error.${error}`) ?? error) : "",
			value: this.values[field.name],
			say: this.app.say,
			change: (value) => {
				this.values = { ...this.values, [field.name]: value };
			},
		});
	}

	/** @param {Event} event */
	async #submit(event) {
		event.preventDefault();
		const { app, options } = this;
		if (!options) return;
		this.busy = true;
		const answer = await app.attempt(app.home.ask("options/save", { values: given(this.values) }));
		this.busy = false;
		this.errors = answer?.errors ?? {};
		const [first] = Object.keys(this.errors);
		await this.updateComplete;
		if (first) this.shadowRoot?.getElementById(first)?.focus();
		if (!answer || first) return;
		this.options = { ...options, values: this.values };
		app.notify(app.say("options.saved"));
	}
}

define("analytics-room-options", OptionsRoom);
