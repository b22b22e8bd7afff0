/** What is shared: each tier with its switch, its fields, and what it would tell right now. */

import "./elements/dialog.js";
import { changeDialog, changeStyles, understand } from "./change.js";
import { link } from "./elements/markdown.js";
import { css, define, html, nothing } from "./lit.js";
import { shown } from "./payload/table.js";
import { payloadStyles } from "./payload/styles.js";
import { Room } from "./room.js";
import { base } from "./styles.js";

/** @typedef {import("./types.js").Tier} Tier */
/** @typedef {import("./types.js").Field} Field */
/** @typedef {Omit<Tier, "title" | "description" | "taken">} Shown */
/** @typedef {import("./types.js").Destination} Destination */
/** @typedef {import("./types.js").Payload} Payload */

/** What they have in common is shown as the last of them has it. */
const EVENTS = ["stop", "fault", "start"];
const SNAPSHOTS = "snapshots";
/** @type {Shown} Snapshots have no fields of ours, and need nothing else. */
const BARE = {
	name: "",
	fields: [],
	requires: [],
	version: 1,
	accepted_version: 1,
	chosen: false,
	effective: false,
};
/* Goes to servers of its own. */
const DIAGNOSTICS = "diagnostics";

class ChooseRoom extends Room {
	static properties = { change: { state: true }, values: { state: true } };

	static styles = [
		base,
		payloadStyles,
		changeStyles,
		css`
			.to {
				margin: 32px 4px 12px;
			}
			.to:first-of-type {
				margin-block-start: 8px;
			}
			.to p {
				overflow-wrap: anywhere;
			}
			.tier {
				padding-block: 16px;
				margin-block-end: 12px;
				scroll-margin-block-start: 130px;
			}
			.head {
				display: flex;
				align-items: start;
				gap: 16px;
			}
			.head h3 {
				font-size: 18px;
			}
			details {
				margin-block: 4px -8px;
			}
			.notes {
				margin-block: 8px 4px;
			}
			.fields > tbody > tr > th {
				width: 45%;
				padding-inline-start: 0;
			}
			.fields > tbody > tr > td {
				padding-inline-end: 0;
				overflow-wrap: anywhere;
			}
			.fields > tbody > tr:last-child > * {
				border: 0;
			}
			.fields p {
				margin-block-start: 2px;
			}
			.not-taken {
				background: none;
			}
			@media (max-width: 599px) {
				.fields > tbody > tr > th,
				.fields > tbody > tr > td {
					display: block;
					width: auto;
					padding-inline: 0;
				}
				.fields > tbody > tr > th {
					border: 0;
					padding-block-end: 0;
				}
			}
		`,
	];

	constructor() {
		super();
		/** @type {import("./change.js").Change | undefined} What is asked about at the moment. */
		this.change = undefined;
		/** @type {Payload} What each field would tell right now, were everything on. */
		this.values = {};
	}

	firstUpdated() {
		this.shadowRoot?.getElementById(`tier-${this.sub}`)?.scrollIntoView();
	}

	/** Ask what the fields of a tier would tell: some are of reports, others of messages.
	 * @param {string} tier */
	async #ask(tier) {
		const kinds = tier === "lifecycle" ? EVENTS : ["report"];
		const every = Object.fromEntries(this.app.state.tiers.map(({ name }) => [name, true]));
		for (const kind of kinds) {
			const next = await this.app.attempt(this.app.home.ask("next", { kind, preferences: every }));
			this.values = { ...this.values, ...next?.payload };
		}
	}

	render() {
		const { state, say } = this.app;
		const { destination } = state.status;
		const taken = state.tiers.filter((tier) => tier.taken && tier.name !== DIAGNOSTICS);
		const others = state.tiers.filter((tier) => !tier.taken);
		return html`<p class="lead">${say("choose.lead")}</p>
			${this.#to(destination)} ${taken.map((tier) => this.#tier(tier))}
			${others.length ? this.#others(others) : nothing} ${this.#diagnostics()} ${this.#snapshots()}
			${changeDialog(this.app, this.change, () => (this.change = undefined))}`;
	}

	/** @param {Destination} destination @param {string} [key] */
	#to({ name, url, privacy_url: policy }, key = "choose.to") {
		const { say } = this.app;
		return html`<div class="to">
			<h2>${say(key, { who: name })}</h2>
			<p class="quiet">
				<code><bdi>${url}</bdi></code>
				${policy ? html` · ${link(policy, say("panel.privacy"))}` : nothing}
			</p>
		</div>`;
	}

	#diagnostics() {
		const tier = this.app.state.tiers.find(({ name }) => name === DIAGNOSTICS);
		const server = this.app.state.status.crash_reports;
		if (!tier) return nothing;
		return html`${
			server
				? this.#to(server)
				: html`<div class="to"><h2>${this.app.say("choose.to_nobody")}</h2></div>`
		}
		${this.#tier(tier)}`;
	}

	#snapshots() {
		const { snapshots } = this.app.state;
		if (!snapshots) return nothing;
		const { on } = snapshots;
		return html`${this.#to(snapshots.destination)}
		${this.#tier({ ...BARE, name: SNAPSHOTS, chosen: on, effective: on })}`;
	}

	/** @param {Tier[]} tiers */
	#others(tiers) {
		const { say, format } = this.app;
		const names = tiers.map(({ name }) => say(`tier.${name}`));
		return html`<section class="card tier not-taken">
			<h3>${format.list(names)}</h3>
			<p class="quiet">${say("choose.not_taken")}</p>
		</section>`;
	}

	/** @param {Shown} tier */
	#tier(tier) {
		const { say } = this.app;
		const { name, chosen } = tier;
		const title = say(`tier.${name}`);
		return html`<section class="card tier" id="tier-${name}" aria-label=${title}>
			<div class="head">
				<div class="grow">
					<h3 id="name-${name}">${title}</h3>
					<p id="about-${name}" class="quiet">${say(`tier.${name}_about`)}</p>
				</div>
				<input
					class="switch"
					type="checkbox"
					role="switch"
					aria-labelledby="name-${name}"
					aria-describedby="about-${name}"
					.checked=${chosen}
					@click=${(/** @type {Event} */ event) => this.#flip(event, tier)}
				/>
			</div>
			${this.#notes(tier)}
			${
				tier.fields.length
					? this.#fields(tier)
					: html`<p class="quiet">${say(`tier.${name}_why`)}</p>`
			}
		</section>`;
	}

	/** @param {Shown} tier */
	#notes({ name, chosen, effective, requires, version, accepted_version: accepted }) {
		const { say, format, state } = this.app;
		const lacking = requires.filter(
			(other) => !state.tiers.find((tier) => tier.name === other)?.chosen,
		);
		const names = () => format.list(lacking.map((other) => say(`tier.${other}`)));
		const kept = chosen && !effective && !lacking.length && name !== DIAGNOSTICS;
		const notes = [
			lacking.length ? say("choose.requires", { tiers: names() }) : "",
			kept ? say("choose.kept") : "",
			chosen && version > accepted ? say("choose.has_new") : "",
		].filter(Boolean);
		return notes.length
			? html`<div class="notes row">
					${notes.map((note) => html`<span class="chip">${note}</span>`)}
				</div>`
			: nothing;
	}

	/** @param {Shown} tier */
	#fields(tier) {
		const { say } = this.app;
		return html`<details
			@toggle=${(/** @type {ToggleEvent} */ { newState }) => newState === "open" && this.#ask(tier.name)}
		>
			<summary>${say("choose.fields", {}, tier.fields.length)}</summary>
			<p class="quiet">${say(`tier.${tier.name}_why`)}</p>
			<table class="fields">
				<thead class="unseen">
					<tr>
						<th>${say("choose.field")}</th>
						<th>${say("choose.value")}</th>
					</tr>
				</thead>
				<tbody>
					${tier.fields.map((field) => this.#field(tier, field))}
				</tbody>
			</table>
		</details>`;
	}

	/** @param {Shown} tier @param {Field} field */
	#field(tier, { name, description, since }) {
		const { say, told } = this.app;
		const known = Object.hasOwn(this.values, name);
		const isNew = tier.chosen && since > tier.accepted_version;
		return html`<tr>
			<th scope="row">
				<code>${name}</code>
				${isNew ? html`<span class="chip">${say("choose.new")}</span>` : nothing}
				<p class="quiet">${told(`config_panel.field.${name}`) ?? description}</p>
			</th>
			<td>
				${
					known
						? shown(this.values[name], say)
						: html`<span class="quiet">${say("choose.no_value")}</span>`
				}
			</td>
		</tr>`;
	}

	/** Leave the switch as it is, and ask first. @param {Event} event @param {Shown} tier */
	async #flip(event, tier) {
		event.preventDefault();
		this.change = await this.app.attempt(understand(this.app, tier.name, !tier.chosen));
	}
}

define("analytics-room-choose", ChooseRoom);
