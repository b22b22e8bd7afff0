/** The page: its header, its rooms by their address, and the state that they all show. */

import { Home } from "./connection.js";
import { icon } from "./elements/icon.js";
import { formatter } from "./format.js";
import { css, define, Element, html, nothing } from "./lit.js";
import { ROOMS } from "./rooms.js";
import { base } from "./styles.js";
import { load, why } from "./texts.js";

/** @typedef {import("./types.js").Hass} Hass */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").App} App */

const FIRST = ROOMS[0];
/** How long what is unloaded is still shown, in milliseconds. */
const GRACE = 1500;
/** @type {(keyof Hass)[]} */
const SHOWN = ["connection", "connected", "language", "locale", "panels"];
const BACK = "/config/integrations/integration/analytics";

/** Go to an address of the front end as its own links do. @param {string} address */
function navigate(address) {
	history.pushState(null, "", address);
	dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
}

/** Home Assistant hands on a new `hass` with each state in the home; the page shows none of these.
 * @param {Hass | undefined} now @param {Hass | undefined} before */
const differs = (now, before) =>
	SHOWN.some((name) => now?.[name] !== before?.[name]) ||
	now?.user?.is_admin !== before?.user?.is_admin;

class AnalyticsPanel extends Element {
	static properties = {
		hass: { attribute: false, hasChanged: differs },
		narrow: { type: Boolean },
		route: { attribute: false },
		panel: { attribute: false },
		state: { state: true },
		texts: { state: true },
		trouble: { state: true },
		missing: { state: true },
	};

	static styles = [
		base,
		css`
			:host {
				min-height: 100dvh;
				background: var(--primary-background-color, #fafafa);
				font-family: var(--ha-font-family-body, var(--paper-font-body1_-_font-family, Roboto));
				font-size: 16px;
				-webkit-font-smoothing: antialiased;
			}
			header {
				position: sticky;
				inset-block-start: 0;
				z-index: 2;
				padding-block-start: var(--safe-area-inset-top, 0);
				background: var(--sidebar-background-color, var(--card));
				border-block-end: 1px solid var(--line);
			}
			.toolbar {
				display: flex;
				align-items: center;
				gap: 8px;
				min-height: var(--header-height, 56px);
				padding-inline: 8px 16px;
			}
			.toolbar > :first-child {
				flex: none;
				color: var(--ink);
			}
			a.round {
				display: grid;
				place-items: center;
				width: 48px;
				height: 48px;
				border-radius: 50%;
			}
			:dir(rtl) > a.round svg {
				transform: scaleX(-1);
			}
			h1 {
				font-size: 20px;
				font-weight: 400;
			}
			nav {
				display: flex;
				overflow-x: auto;
				scrollbar-width: none;
				padding-inline: 8px;
			}
			nav a {
				flex: none;
				display: flex;
				align-items: center;
				gap: 8px;
				min-height: 48px;
				padding-inline: 12px;
				border-block-end: 3px solid transparent;
				color: var(--quiet);
				font-size: 14px;
				font-weight: 500;
				text-decoration: none;
				white-space: nowrap;
			}
			nav a:hover {
				color: var(--ink);
			}
			nav a:focus-visible {
				outline-offset: -4px;
			}
			nav a[aria-current] {
				border-block-end-color: var(--accent);
				color: var(--accent);
			}
			.count {
				min-width: 20px;
				padding-inline: 4px;
				border-radius: 10px;
				box-sizing: border-box;
				background: var(--accent);
				color: var(--card);
				font-size: 12px;
				line-height: 20px;
				text-align: center;
			}
			main {
				box-sizing: border-box;
				max-width: 968px;
				margin-inline: auto;
				padding: 16px 16px calc(32px + var(--safe-area-inset-bottom, 0px));
			}
			.state {
				max-width: 26em;
				margin: 12vh auto 0;
				text-align: center;
				color: var(--quiet);
			}
			.state .icon {
				width: 40px;
				height: 40px;
				margin-block-end: 8px;
			}
			.notice {
				margin-block-end: var(--gap);
			}
			@media (min-width: 600px) {
				nav {
					padding-inline: 16px;
				}
				main {
					padding: 24px 24px 48px;
				}
			}
		`,
	];

	constructor() {
		super();
		/** @type {Hass | undefined} */
		this.hass = undefined;
		this.narrow = false;
		/** @type {{ prefix: string, path: string } | undefined} */
		this.route = undefined;
		/** @type {{ title?: string | null, url_path?: string } | undefined} */
		this.panel = undefined;
		/** @type {State | { loaded: false } | undefined} */
		this.state = undefined;
		/** @type {Awaited<ReturnType<typeof load>> | undefined} */
		this.texts = undefined;
		/** @type {unknown} */
		this.trouble = undefined;
		/** @type {string | undefined} The tag of a room that could not be loaded. */
		this.missing = undefined;
		/** @type {App | undefined} What rooms show: kept from the last state while the next loads. */
		this.app = undefined;
		/** @type {import("./room.js").Room | undefined} */
		this.room = undefined;
		/** @type {(() => void) | undefined} */
		this.leave = undefined;
		/** @type {Home | undefined} */
		this.home = undefined;
		/** @type {string | undefined} The language of the texts that are there, or on their way. */
		this.spoken = undefined;
		/** @type {HTMLElement | null} */
		this.tab = null;
		/** @type {ReturnType<typeof setTimeout> | undefined} */
		this.late = undefined;
	}

	connectedCallback() {
		super.connectedCallback();
		if (this.home) this.#follow(this.home);
	}

	disconnectedCallback() {
		super.disconnectedCallback();
		this.leave?.();
		this.leave = undefined;
	}

	/** @param {import("./vendor/reactive-element/reactive-element.js").PropertyValues<any>} changed */
	willUpdate(changed) {
		if (changed.has("hass")) this.#meet(changed.get("hass"));
		if (["state", "texts", "hass"].some((name) => changed.has(name))) this.#renew();
		this.#enter();
	}

	/** Follow another connection, and speak another language. @param {Hass | undefined} before */
	#meet(before) {
		const { hass } = this;
		if (!hass) return;
		if (!this.home || hass.connection !== before?.connection) {
			this.home = new Home(hass.connection);
			this.#follow(this.home);
		}
		if (this.#language !== this.spoken) this.#speak(this.home);
	}

	get #language() {
		return this.hass?.locale?.language ?? this.hass?.language ?? "en";
	}

	/** @param {Home} home */
	async #speak(home) {
		const language = (this.spoken = this.#language);
		try {
			const texts = await load(home, language);
			if (language === this.spoken) this.texts = texts;
		} catch (error) {
			this.spoken = undefined;
			this.trouble = error;
		}
	}

	/** @param {Home} home */
	async #follow(home) {
		this.leave?.();
		let left = false;
		this.leave = () => {
			left = true;
		};
		try {
			const end = await home.subscribe((state) => this.#take(state));
			const leave = () => void Promise.resolve(end()).catch(() => {});
			if (left) leave();
			else this.leave = leave;
		} catch (error) {
			if (!left) this.trouble = error;
		}
	}

	/** Take a new state; what is loaded again at once, as after each change of settings, flickers not.
	 * @param {State | { loaded: false }} state */
	#take(state) {
		clearTimeout(this.late);
		const take = () => {
			this.trouble = this.missing = undefined;
			this.state = state;
		};
		if (this.state?.loaded && !state.loaded) this.late = setTimeout(take, GRACE);
		else take();
	}

	#renew() {
		const { hass, home, state, texts } = this;
		if (!hass || !home || !state?.loaded || !texts) return;
		const { say, told } = texts;
		const locale = { ...hass.locale, language: this.#language };
		/** @type {App["why"]} */
		const reason = (error) => why(error, say, told);
		/** @type {App["notify"]} */
		const notify = (message) =>
			void this.dispatchEvent(
				new CustomEvent("hass-notification", {
					bubbles: true,
					composed: true,
					detail: { message },
				}),
			);
		this.app = {
			home,
			say,
			told,
			state,
			notify,
			format: formatter(locale, hass.config.time_zone, say),
			go: (path) => navigate(`${this.#prefix}/${path}`),
			attempt: (answer) => answer.catch((error) => void notify(reason(error))),
			why: reason,
		};
	}

	get #prefix() {
		return this.route?.prefix ?? "/analytics_panel";
	}

	get #rooms() {
		const { state } = this;
		return ROOMS.filter(({ shown }) => !shown || (state?.loaded && shown(state)));
	}

	/** Return the room of the address, and the rest of the address. */
	get #opened() {
		const [, name, ...rest] = (this.route?.path ?? "").split("/");
		return { row: ROOMS.find((row) => row.name === name) ?? FIRST, sub: rest.join("/") };
	}

	/** Have the room of the address, and hand the state on to it. */
	#enter() {
		const { row, sub } = this.#opened;
		const tag = `analytics-room-${row.name}`;
		if (this.room?.localName !== tag) {
			this.room = undefined;
			if (customElements.get(tag)) {
				this.room = /** @type {import("./room.js").Room} */ (document.createElement(tag));
				scrollTo(0, 0);
			} else if (this.missing !== tag) {
				row.load().then(
					() => this.requestUpdate(),
					() => (this.missing = tag),
				);
			}
		}
		if (this.room && this.app) Object.assign(this.room, { app: this.app, sub });
	}

	render() {
		return html`${this.#header()}
			<main>${this.#content()}</main>`;
	}

	#header() {
		const say = this.texts?.say;
		return html`<header>
			<div class="toolbar">
				${this.#wayBack(say)}
				<h1>${say?.("panel.title")}</h1>
			</div>
			${
				say && this.state?.loaded
					? html`<nav aria-label=${say("panel.rooms")}>
							${this.#rooms.map((row) => this.#tab(row))}
						</nav>`
					: nothing
			}
		</header>`;
	}

	/** The menu where the page is in the sidebar, else the way back, as on the host's own pages.
	 * @param {App["say"] | undefined} say */
	#wayBack(say) {
		if (this.#inSidebar && customElements.get("ha-menu-button")) {
			return html`<ha-menu-button .hass=${this.hass} .narrow=${this.narrow}></ha-menu-button>`;
		}
		return html`<a
			class="round"
			href=${BACK}
			aria-label=${say?.("panel.back") ?? "Back"}
			@click=${(/** @type {MouseEvent} */ event) => this.#open(event, BACK)}
			>${icon("back")}</a
		>`;
	}

	get #inSidebar() {
		const name = this.#prefix.slice(1);
		return Boolean(this.hass?.panels?.[name]?.title ?? this.panel?.title);
	}

	/** @param {import("./rooms.js").RoomRow} row */
	#tab({ name, waiting }) {
		const { state, texts } = this;
		if (!state?.loaded || !texts) return nothing;
		const address = `${this.#prefix}/${name}`;
		const here = this.#opened.row.name === name;
		const count = waiting?.(state) ?? 0;
		return html`<a
			href=${address}
			aria-current=${here ? "page" : nothing}
			@click=${(/** @type {MouseEvent} */ event) => this.#open(event, address)}
			>${texts.say(`panel.room_${name}`)}${
				count ? html`<span class="count">${this.app?.format.number(count)}</span>` : nothing
			}</a
		>`;
	}

	/** Follow a link inside the front end, unless it was asked to open elsewhere.
	 * @param {MouseEvent} event @param {string} address */
	#open(event, address) {
		if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		navigate(address);
	}

	updated() {
		/** @type {HTMLElement | null} */
		const tab = this.renderRoot.querySelector("nav a[aria-current]");
		if (tab !== this.tab) tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
		this.tab = tab;
	}

	#content() {
		const { hass, texts, state } = this;
		if (!texts) return nothing;
		const { say } = texts;
		if (hass?.user && !hass.user.is_admin) return this.#instead("off", say("panel.no_admin"));
		if (this.trouble) return this.#failed(this.trouble, texts);
		if (!state) return this.#instead("waits", say("panel.loading"));
		if (!state.loaded) return this.#instead("off", say("panel.not_loaded"));
		return html`${hass?.connected ? nothing : this.#lost(say)} ${this.#inside(texts)}`;
	}

	/** @param {NonNullable<AnalyticsPanel["texts"]>} texts */
	#inside(texts) {
		if (!this.room && this.missing) return this.#instead("trouble", texts.say("panel.missing"));
		return this.room;
	}

	/** @param {unknown} error @param {NonNullable<AnalyticsPanel["texts"]>} texts */
	#failed(error, { say, told }) {
		return this.#instead("trouble", why(error, say, told));
	}

	/** @param {App["say"]} say */
	#lost(say) {
		return html`<p class="notice" role="status">${icon("waits")} ${say("panel.lost")}</p>`;
	}

	/** @param {import("./elements/icon.js").Icon} sign @param {string} text */
	#instead(sign, text) {
		return html`<div class="state" role="status">
			${icon(sign)}
			<p>${text}</p>
		</div>`;
	}
}

define("analytics-panel", AnalyticsPanel);
