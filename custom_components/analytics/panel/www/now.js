/** What happens now: a sentence for each matter, what is to be decided, and the last and next report. */

import "./elements/dialog.js";
import { changeDialog, changeStyles, understandNewFields } from "./change.js";
import { icon } from "./elements/icon.js";
import { link } from "./elements/markdown.js";
import { css, define, html, nothing } from "./lit.js";
import { give, questions, questionStyles } from "./questions.js";
import { payloadStyles } from "./payload/styles.js";
import { Room } from "./room.js";
import { base } from "./styles.js";
import { outcome, sendNow } from "./sending.js";

/** @typedef {import("./types.js").Line} Line */
/** @typedef {import("./types.js").Question} Question */
/** @typedef {import("./types.js").Remedy} Remedy */

class NowRoom extends Room {
	static properties = { busy: { state: true }, change: { state: true } };

	static styles = [
		base,
		questionStyles,
		payloadStyles,
		changeStyles,
		css`
			.matter {
				display: grid;
				grid-template-columns: auto 1fr;
				align-items: center;
				gap: 4px 16px;
			}
			.sign {
				display: grid;
				place-items: center;
				width: 48px;
				height: 48px;
				border-radius: 50%;
				background: color-mix(in srgb, var(--tone) 16%, transparent);
				color: color-mix(in srgb, var(--tone) 80%, var(--ink));
			}
			.on {
				--tone: var(--good);
			}
			.off {
				--tone: var(--quiet);
			}
			.waits {
				--tone: var(--warn);
			}
			.trouble {
				--tone: var(--error-color, #db4437);
			}
			.matter-name {
				font-weight: 400;
			}
			.sentence {
				font-size: 18px;
				line-height: 1.4;
				overflow-wrap: anywhere;
			}
			.matter.first .sentence {
				font-size: 22px;
			}
			.matter button {
				grid-column: 2;
				justify-self: start;
				margin-block-start: 8px;
			}
			dl {
				display: grid;
				gap: 16px 24px;
				grid-template-columns: repeat(auto-fit, minmax(min(100%, 220px), 1fr));
			}
			dd {
				overflow-wrap: anywhere;
			}
			.ways {
				margin: 16px -12px -8px;
				gap: 4px;
			}
			@media (min-width: 700px) {
				.matter {
					grid-template-columns: auto 1fr auto;
				}
				.matter button {
					grid-column: 3;
					margin: 0;
				}
			}
		`,
	];

	constructor() {
		super();
		this.busy = false;
		/** @type {import("./change.js").Change | undefined} What is asked about at the moment. */
		this.change = undefined;
	}

	render() {
		return html`${this.app.state.lines.map((line, index) => this.#matter(line, !index))}
		${questions(this.app, (question, answer) => this.#answer(question, answer))} ${this.#overview()}
		${changeDialog(this.app, this.change, () => (this.change = undefined))}`;
	}

	/** Give an answer; a yes to new fields after it was shown what they would add.
	 * @param {Question} question @param {string} answer */
	async #answer(question, answer) {
		const giving = () => give(this.app, question, answer);
		if (question.question !== "new_fields" || answer !== "accept") return giving();
		this.change = await this.app.attempt(understandNewFields(this.app, giving));
	}

	/** @param {Line} line @param {boolean} first */
	#matter({ matter, tone, key, placeholders, at, remedy }, first) {
		const { say, format } = this.app;
		const when = at ? format.when(at) : "";
		return html`<section class="card matter ${tone} ${first ? "first" : ""}">
			<div class="sign">${icon(tone)}</div>
			<div role="status">
				<h2 class="quiet matter-name">${say(`now.matter_${matter}`)}</h2>
				<p class="sentence">${say(key, { ...this.#named(placeholders), at: when })}</p>
			</div>
			${remedy ? this.#remedy(remedy) : nothing}
		</section>`;
	}

	/** Name tiers in the user's language. @param {Record<string, string>} placeholders */
	#named(placeholders) {
		const { tiers } = placeholders;
		if (!tiers) return placeholders;
		const names = tiers.split(" ").map((name) => this.app.say(`tier.${name}`));
		return { ...placeholders, tiers: this.app.format.list(names) };
	}

	/** @param {Remedy} remedy */
	#remedy(remedy) {
		return html`<button ?disabled=${this.busy} @click=${() => this.#mend(remedy)}>
			${this.app.say(remedy.key)}
		</button>`;
	}

	/** @param {Remedy} remedy */
	async #mend({ do: what, to }) {
		switch (what) {
			case "answer":
				return this.#lead(to);
			case "send":
				return this.#send();
			case "open":
				return this.app.go(to ?? "");
			default:
				return this.app.go(to ? `${what}/${to}` : what);
		}
	}

	/** @param {string | null} question */
	#lead(question) {
		const place = this.renderRoot.querySelector(
			question ? `#question-${CSS.escape(question)}` : ".question",
		);
		if (!(place instanceof HTMLElement)) return;
		place.scrollIntoView({ block: "center" });
		place.focus();
	}

	async #send() {
		this.busy = true;
		await sendNow(this.app);
		this.busy = false;
	}

	#overview() {
		const { say, format, state } = this.app;
		const { destination, last_report: last, next_report: next } = state.status;
		const to = destination.privacy_url;
		return html`<section class="card" aria-labelledby="overview">
			<h2 id="overview" class="unseen">${say("now.overview")}</h2>
			<dl>
				<div>
					<dt class="quiet">${say("now.to")}</dt>
					<dd>
						<bdi>${destination.name}</bdi>
						<div class="quiet">
							<code><bdi>${destination.url}</bdi></code>
						</div>
						${to ? html`<span class="quiet">${link(to, say("panel.privacy"))}</span>` : nothing}
					</dd>
				</div>
				<div>
					<dt class="quiet">${say("now.last")}</dt>
					<dd>
						${
							last
								? html`${format.when(last.time)}
										<div class="quiet">${outcome(this.app, last)}</div>`
								: say("now.no_last")
						}
					</dd>
				</div>
				<div>
					<dt class="quiet">${say(next && state.outbox.hold ? "now.next_made" : "now.next")}</dt>
					<dd>${next ? format.when(next) : say("now.no_next")}</dd>
				</div>
			</dl>
			<div class="row ways">
				${["next", "left", "choose", "act"].map((room) => this.#way(room))}
			</div>
		</section>`;
	}

	/** @param {string} room */
	#way(room) {
		return html`<button class="plain" @click=${() => this.app.go(room)}>
			${this.app.say(`now.see_${room}`)}
		</button>`;
	}
}

define("analytics-room-now", NowRoom);
