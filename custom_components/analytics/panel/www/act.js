/** What one can do at once: send, have what was sent deleted, take a new id. */

import "./elements/dialog.js";
import { css, define, html, nothing } from "./lit.js";
import { give, questions, questionStyles } from "./questions.js";
import { Room } from "./room.js";
import { outcome } from "./sending.js";
import { base } from "./styles.js";

/** @typedef {import("./types.js").ToldTo} ToldTo */

class ActRoom extends Room {
	static properties = {
		busy: { state: true },
		sent: { state: true },
		asked: { state: true },
		renewing: { state: true },
	};

	static styles = [
		base,
		questionStyles,
		css`
			.act {
				display: flex;
				flex-wrap: wrap;
				gap: 12px 24px;
				align-items: center;
			}
			.act > div {
				flex: 1 1 320px;
			}
			.result:not(:empty) {
				margin-block-start: 12px;
			}
			.told {
				list-style: none;
				margin-block-start: 16px;
			}
			.told li {
				display: flex;
				flex-wrap: wrap;
				gap: 8px 16px;
				align-items: center;
				padding-block: 12px;
				border-block-start: 1px solid var(--line);
			}
			.told li > div {
				flex: 1 1 280px;
				min-width: 0;
				overflow-wrap: anywhere;
			}
			.dialog > * + * {
				margin-block-start: 12px;
			}
			.dialog ul {
				padding-inline-start: 20px;
			}
		`,
	];

	constructor() {
		super();
		this.busy = false;
		/** @type {string | undefined} How the report ended that was sent from here. */
		this.sent = undefined;
		/** @type {ToldTo[] | undefined} Who is asked to delete, before it is done. */
		this.asked = undefined;
		this.renewing = false;
	}

	render() {
		const { app } = this;
		// A yes to new fields is given where it is shown what they add.
		const asked = app.state.questions.filter(({ question }) => question !== "new_fields");
		return html`${questions(app, (question, answer) => give(app, question, answer), asked)}
		${this.#sending()} ${this.#deleting()} ${this.#id()} ${this.#dialog()}`;
	}

	#sending() {
		const { say } = this.app;
		return html`<section class="card" aria-labelledby="send">
			<div class="act">
				<div>
					<h2 id="send">${say("act.send")}</h2>
					<p class="quiet">${say("act.send_about")}</p>
				</div>
				<button class="primary" ?disabled=${this.busy} @click=${this.#send}>
					${say(this.busy ? "act.sending" : "act.send_now")}
				</button>
			</div>
			<p class="result" role="status">${this.sent}</p>
		</section>`;
	}

	async #send() {
		const { app } = this;
		this.busy = true;
		this.sent = undefined;
		const ended = await app.attempt(app.home.ask("send"));
		this.busy = false;
		this.sent = ended && outcome(app, ended);
	}

	#deleting() {
		const { say, state } = this.app;
		const { told, deletions_pending: waiting } = state.status;
		return html`<section class="card" aria-labelledby="delete">
			<div class="act">
				<div>
					<h2 id="delete">${say("act.delete")}</h2>
					<p class="quiet">${say(told.length ? "act.delete_about" : "act.told_nobody")}</p>
				</div>
				${
					told.length > 1
						? html`<button @click=${() => (this.asked = told)}>${say("act.delete_all")}</button>`
						: nothing
				}
			</div>
			${
				told.length
					? html`<ul class="told">
							${told.map((item) => this.#told(item))}
						</ul>`
					: nothing
			}
			${waiting ? html`<p class="notice">${say("act.waiting", {}, waiting)}</p>` : nothing}
		</section>`;
	}

	/** @param {ToldTo} item */
	#told(item) {
		const { say } = this.app;
		return html`<li>
			<div>
				<span class="chip">${say(`now.matter_${item.kind}`)}</span>
				${item.current ? nothing : html`<span class="chip">${say("act.former")}</span>`}
				<div>
					<code><bdi>${item.url}</bdi></code>
				</div>
				<p class="quiet">${this.#becomes(item)}</p>
			</div>
			${
				item.id_kept
					? html`<button aria-describedby="delete" @click=${() => (this.asked = [item])}>
							${say(item.deletes_on_request === false ? "act.drop" : "act.ask")}
						</button>`
					: nothing
			}
		</li>`;
	}

	/** Say how it stands with what somebody has. @param {ToldTo} item */
	#becomes(item) {
		const { say, format } = this.app;
		if (item.deletions_pending) return say("act.is_asked");
		if (item.id_dropped) return say("act.dropped", { day: format.date(item.id_dropped) });
		return this.#would(item);
	}

	/** Say what deleting would do there. @param {ToldTo} item */
	#would({ deletes_on_request: deletes, gone_after_days: days }) {
		const { say } = this.app;
		if (deletes !== false) return say(deletes ? "act.deletes" : "act.may_delete");
		return days ? say("act.gone_after", {}, days) : say("act.stays");
	}

	#id() {
		const { say, state } = this.app;
		const known = state.status.told.some(
			(item) => item.kind === "reports" && item.current && item.id_kept,
		);
		return html`<section class="card act" aria-labelledby="id">
			<div>
				<h2 id="id">${say("act.id")}</h2>
				<p class="quiet">${say(known ? "act.id_about" : "act.id_none")}</p>
			</div>
			<button ?disabled=${!known} @click=${() => (this.renewing = true)}>
				${say("act.id_new")}
			</button>
		</section>`;
	}

	#dialog() {
		const { say, state } = this.app;
		if (this.renewing) {
			const { destination } = state.status;
			const old = destination.deletes_on_request ? "act.id_deletes" : "act.id_stays";
			return this.#asking(
				say("act.id_title"),
				html`<p>${say("act.id_does")}</p>
					<p>${say(old)}</p>`,
				say("act.id_new"),
				() => this.app.home.ask("new_id"),
			);
		}
		const { asked } = this;
		if (!asked) return nothing;
		const all = asked.length > 1;
		return this.#asking(
			say(all ? "act.all_title" : "act.one_title"),
			html`<ul>
					${asked.map(
						(item) =>
							html`<li>
								<code><bdi>${item.url}</bdi></code
								><br />${this.#would(item)}
							</li>`,
					)}
				</ul>
				<p>${say("act.not_undone")}</p>`,
			say(all ? "act.delete_all" : asked[0].deletes_on_request === false ? "act.drop" : "act.ask"),
			() => this.app.home.ask("forget", all ? {} : { destination: asked[0].url }),
		);
	}

	/**
	 * Ask before something that can't be undone.
	 * @param {string} title @param {unknown} content @param {string} yes
	 * @param {() => Promise<unknown>} act
	 */
	#asking(title, content, yes, act) {
		const { say } = this.app;
		return html`<analytics-dialog
			.label=${title}
			.closing=${say("panel.close")}
			@closed=${this.#close}
		>
			<div class="dialog">${content}</div>
			<button slot="buttons" class="plain" @click=${this.#close}>${say("panel.cancel")}</button>
			<button slot="buttons" class="danger" @click=${() => this.#do(act)}>${yes}</button>
		</analytics-dialog>`;
	}

	#close() {
		this.asked = undefined;
		this.renewing = false;
	}

	/** @param {() => Promise<unknown>} act */
	async #do(act) {
		const { app } = this;
		this.#close();
		if (await app.attempt(act().then(() => true))) app.notify(app.say("panel.done"));
	}
}

define("analytics-room-act", ActRoom);
