/** A change of a switch, before it takes effect: what it adds to the next report or takes away. */

import { css, html, nothing } from "./lit.js";
import { changesTable } from "./payload/changes.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").Payload} Payload */
/** @typedef {{ kind: string, before: Payload | null, after: Payload | null }} Difference */
/**
 * @typedef {object} Change
 * @property {string} title
 * @property {string} words what is to be said beside the differences, or in their place
 * @property {Difference[]} differences
 * @property {string} yes what is on the button
 * @property {() => Promise<unknown>} apply
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

/** Return what would leave by two answers, of each kind of which some leaves by these tiers.
 * @param {App} app @param {string[]} tiers @param {Record<string, unknown>[]} asked */
function differ({ home }, tiers, asked) {
	const kinds = new Set(tiers.flatMap((tier) => KINDS[tier] ?? ["report"]));
	return Promise.all(
		[...kinds].map(async (kind) => {
			const [before, after] = await Promise.all(
				asked.map((details) => home.ask("next", { kind, ...details })),
			);
			return { kind, before: before.payload, after: after.payload };
		}),
	);
}

/**
 * Return what a switch would change, by asking what would leave before and after it.
 * @param {App} app @param {string} tier @param {boolean} on @returns {Promise<Change>}
 */
export async function understand(app, tier, on) {
	const { say, format, state } = app;
	const also = comesWith(state.tiers, tier, on);
	const now = Object.fromEntries(state.tiers.map(({ name, chosen }) => [name, chosen]));
	const then = { ...now, ...Object.fromEntries([tier, ...also].map((name) => [name, on])) };
	const way = on ? "on" : "off";
	const tiers = format.list(also.map((name) => say(`tier.${name}`)));
	const differences = await differ(app, [tier], [{ preferences: now }, { preferences: then }]);
	const ask = tier === "snapshots" && state.snapshots?.destination.deletes_on_request === null;
	const alone = `change.${tier}_${way}${ask && !on ? "_ask" : ""}`;
	const words = differences.length ? also.length && `change.also_${way}` : alone;
	return {
		title: say(`change.title_${way}`, { tier: say(`tier.${tier}`) }),
		words: words ? say(words, { tiers }) : "",
		differences,
		yes: say(`change.turn_${way}`),
		apply: () => put(app, [tier, ...also], on),
	};
}

/**
 * Return what a yes to new fields of tiers would change that are shared already.
 * @param {App} app @param {() => Promise<unknown>} apply @returns {Promise<Change>}
 */
export async function understandNewFields(app, apply) {
	const { say, state } = app;
	const newer = state.tiers.filter((tier) => tier.chosen && tier.version > tier.accepted_version);
	const tiers = newer.map(({ name }) => name);
	return {
		title: say("change.title_new"),
		words: "",
		differences: await differ(app, tiers, [{}, { new_fields: true }]),
		yes: say("change.share"),
		apply,
	};
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

/** Turn tiers on or off. @param {App} app @param {string[]} tiers @param {boolean} on */
async function put({ home, state }, tiers, on) {
	if (tiers.includes("snapshots")) return home.ask("snapshots", { on });
	/** @param {string[]} names */
	const all = (names) => Object.fromEntries(names.map((name) => [name, on]));
	const { url } = state.status.destination;
	const standard = tiers.filter((name) => STANDARD.includes(name));
	const more = tiers.filter((name) => !STANDARD.includes(name));
	if (standard.length) await home.ask("preferences", { preferences: all(standard) });
	if (more.length) await home.ask("more", { more: all(more), url });
}

/**
 * Return the dialog that asks whether a change shall take effect.
 * @param {App} app @param {Change | undefined} change @param {() => void} close
 */
export function changeDialog(app, change, close) {
	if (!change) return nothing;
	const { say } = app;
	const { title, words, differences, yes } = change;
	const confirm = () => {
		close();
		app.attempt(change.apply());
	};
	return html`<analytics-dialog .label=${title} .closing=${say("panel.close")} @closed=${close}>
		<div class="change">
			${words ? html`<p>${words}</p>` : nothing}
			${differences.map((difference) => differenceOf(app, difference, differences.length > 1))}
		</div>
		<button slot="buttons" class="plain" @click=${close}>${say("panel.cancel")}</button>
		<button slot="buttons" class="primary" @click=${confirm}>${yes}</button>
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
