/** A change of a switch, before it takes effect: what it adds to the next report or takes away. */

import { css, html, nothing } from "./lit.js";
import { changesTable } from "./payload/changes.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").Payload} Payload */
/** @typedef {{ kind: string, before: Payload | null, after: Payload | null }} Difference */
/**
 * @typedef {object} Change
 * @property {string} tier
 * @property {boolean} on
 * @property {string[]} also what changes with it
 * @property {Difference[]} differences
 */

/* Tiers of Home Assistant's own page, and what they come with there. */
const STANDARD = ["base", "usage", "statistics", "diagnostics"];
const KINDS = /** @type {Record<string, string[]>} */ ({
	lifecycle: ["start", "stop", "fault"],
	snapshots: [],
	diagnostics: [],
});

export const changeStyles = css`
	.change > * + * {
		margin-block-start: 12px;
	}
`;

/**
 * Return what a switch would change, by asking what would leave before and after it.
 * @param {App} app @param {string} tier @param {boolean} on @returns {Promise<Change>}
 */
export async function understand({ home, state }, tier, on) {
	const now = Object.fromEntries(state.tiers.map(({ name, chosen }) => [name, chosen]));
	const also = comesWith(state.tiers, tier, on);
	const then = { ...now, ...Object.fromEntries([tier, ...also].map((name) => [name, on])) };
	const differences = await Promise.all(
		(KINDS[tier] ?? ["report"]).map(async (kind) => {
			const [before, after] = await Promise.all(
				[now, then].map((preferences) => home.ask("next", { kind, preferences })),
			);
			return { kind, before: before.payload, after: after.payload };
		}),
	);
	return { tier, on, also, differences };
}

/** Return what has to be on with it, or goes off with it, as on Home Assistant's own page.
 * @param {import("./types.js").Tier[]} tiers @param {string} tier @param {boolean} on */
function comesWith(tiers, tier, on) {
	const named = new Map(tiers.map((one) => [one.name, one]));
	if (on) return (named.get(tier)?.requires ?? []).filter((name) => !named.get(name)?.chosen);
	return STANDARD.filter(
		(name) => named.get(name)?.chosen && named.get(name)?.requires.includes(tier),
	);
}

/** Put a change in force. @param {App} app @param {Change} change */
export async function apply({ home, state }, { tier, on, also }) {
	if (tier === "snapshots") return home.ask("snapshots", { on });
	const changed = [tier, ...also];
	/** @param {string[]} names */
	const all = (names) => Object.fromEntries(names.map((name) => [name, on]));
	const { url } = state.status.destination;
	const standard = changed.filter((name) => STANDARD.includes(name));
	const more = changed.filter((name) => !STANDARD.includes(name));
	if (standard.length) await home.ask("preferences", { preferences: all(standard) });
	if (more.length) await home.ask("more", { more: all(more), url });
}

/**
 * Return the dialog that asks whether a change shall take effect.
 * @param {App} app @param {Change | undefined} change @param {() => void} close
 */
export function changeDialog(app, change, close) {
	if (!change) return nothing;
	const { say, format } = app;
	const { tier, on, also, differences } = change;
	const names = format.list(also.map((name) => say(`tier.${name}`)));
	const way = on ? "on" : "off";
	const confirm = () => {
		close();
		app.attempt(apply(app, change));
	};
	return html`<analytics-dialog
		.label=${say(`change.title_${way}`, { tier: say(`tier.${tier}`) })}
		.closing=${say("panel.close")}
		@closed=${close}
	>
		<div class="change">
			${also.length ? html`<p>${say(`change.also_${way}`, { tiers: names })}</p>` : nothing}
			${
				differences.length
					? differences.map((difference) => differenceOf(app, difference, differences.length > 1))
					: html`<p>${say(`change.${tier}_${way}`)}</p>`
			}
		</div>
		<button slot="buttons" class="plain" @click=${close}>${say("panel.cancel")}</button>
		<button slot="buttons" class="primary" @click=${confirm}>${say(`change.turn_${way}`)}</button>
	</analytics-dialog>`;
}

/** @param {App} app @param {Difference} difference @param {boolean} several */
function differenceOf({ say }, { kind, before, after }, several) {
	const title = say(several ? `change.in_${kind}` : "change.in_report");
	const told = before || after ? changesTable(before ?? {}, after ?? {}, say) : nothing;
	const empty = before ? "change.stops" : "change.nothing";
	return html`<h3>${title}</h3>
		${Object.keys(after ?? {}).length ? nothing : html`<p>${say(empty)}</p>`} ${told}`;
}
