/** What left: the journal, to be searched, opened, exported and deleted; also while nothing leaves. */

import { AskingRoom } from "./asking.js";
import "./elements/dialog.js";
import { chart } from "./left/chart.js";
import { deleting, exporting } from "./left/dialogs.js";
import "./left/entry.js";
import { EVERYTHING, asked, filters, narrows } from "./left/filters.js";
import { list, pager } from "./left/list.js";
import { leftStyles } from "./left/styles.js";
import { define, html, nothing } from "./lit.js";
import { download } from "./payload/download.js";

/** @typedef {import("./answers.js").Filter} Filter */
/** @typedef {import("./answers.js").Listed} Listed */

const LIMIT = 25;
/** How long somebody types before it is searched for, in milliseconds. */
const TYPING = 250;

/** @extends {AskingRoom<Listed>} */
class Left extends AskingRoom {
	static properties = {
		...AskingRoom.properties,
		filter: { state: true },
		offset: { state: true },
		open: { state: true },
	};
	static styles = leftStyles;

	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#typing;

	constructor() {
		super();
		this.filter = EVERYTHING;
		this.offset = 0;
		/** @type {"" | "export" | "delete"} */
		this.open = "";
	}

	/** @override @returns {[string, Record<string, unknown>, unknown]} */
	get question() {
		const { filter, offset } = this;
		return ["journal/list", { ...asked(filter), offset, limit: LIMIT }, this.app.state.journal];
	}

	/** @override @param {Listed} listed */
	answered({ total }) {
		if (this.offset >= total) this.offset = 0;
	}

	/** @param {Partial<Filter>} changed */
	#choose(changed) {
		const choose = () => Object.assign(this, { filter: { ...this.filter, ...changed }, offset: 0 });
		clearTimeout(this.#typing);
		if (changed.search && !changed.kinds) this.#typing = setTimeout(choose, TYPING);
		else choose();
	}

	/** @override */
	render() {
		const { app, sub } = this;
		return sub
			? html`<analytics-left-entry .app=${app} .sub=${sub}></analytics-left-entry>`
			: html`<p class="lead">${app.say("left.lead")}</p>
					${super.render()} ${this.#dialog()}`;
	}

	/** @override @param {Listed} listed */
	shown({ entries, total, days, ...there }) {
		const { app, filter, offset } = this;
		const { say, format } = app;
		const narrowed = narrows(filter);
		if (!total && !narrowed) return html`<p class="card">${say("left.empty")}</p>`;
		return html`<section class="card">
				${chart(days, app, getComputedStyle(this).direction === "rtl")}
			</section>
			<section class="card stack">
				${filters(filter, there, say, (changed) => this.#choose(changed))}
				<div class="row">
					<span class="quiet grow" role="status">
						${say("left.entries", { shown: format.number(total) }, total)}
					</span>
					${
						narrowed
							? html`<button class="plain" @click=${() => this.#choose(EVERYTHING)}>
									${say("left.clear")}
								</button>`
							: nothing
					}
					<button class="plain" ?disabled=${!total} @click=${() => (this.open = "export")}>
						${say("left.export")}
					</button>
					<button class="plain" @click=${() => (this.open = "delete")}>
						${say("left.delete")}
					</button>
				</div>
				${total ? list(entries, app) : html`<p>${say("left.no_match")}</p>`}
				${pager(offset, LIMIT, total, app, (to) => (this.offset = to))}
			</section>`;
	}

	#dialog() {
		const close = () => (this.open = "");
		if (this.open === "delete") return deleting(this.app, close, () => this.#delete());
		if (this.open !== "export") return nothing;
		return exporting(this.app, narrows(this.filter), close, (ids) => this.#export(ids));
	}

	/** @param {boolean} ids */
	async #export(ids) {
		const { attempt, home } = this.app;
		const file = await attempt(home.ask("journal/export", { ...asked(this.filter), ids }));
		if (!file) return;
		download(file.name, file.text);
		this.open = "";
	}

	async #delete() {
		const { attempt, home, notify, say } = this.app;
		const done = await attempt(home.ask("journal/delete").then(() => true));
		if (!done) return;
		notify(say("left.deleted"));
		this.open = "";
	}
}

define("analytics-room-left", Left);
