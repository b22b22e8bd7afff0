/** What an entry of the journal is called, and how it ended, in words. */

/** @typedef {import("../texts.js").Say} Say */
/** @typedef {import("../answers.js").Entry} Entry */

/** In the order in which they are offered. */
export const KINDS = ["report", "start", "stop", "fault", "crash", "snapshot"];
export const OUTCOMES = [
	...["sent", "open", "held"],
	...["retryable", "refused", "invalid", "blocked", "stopped"],
];
/** What ended so never left. */
const KEPT = ["held", "invalid", "blocked", "stopped"];

/** Return what a kind is called; one that is not known here by its own word.
 * @param {string} kind @param {Say} say */
export const kindWord = (kind, say) => (KINDS.includes(kind) ? say(`kind.${kind}`) : kind);

/** @param {string | null} outcome @param {Say} say */
export function outcomeWord(outcome, say) {
	const known = outcome ?? "open";
	return OUTCOMES.includes(known) ? say(`ended.${known}`) : known;
}

/** Return whether something arrived, did not, stayed here, or is on its way.
 * @param {string | null} outcome */
export function tone(outcome) {
	if (outcome === null) return "open";
	if (outcome === "sent") return "sent";
	return KEPT.includes(outcome) ? "kept" : "failed";
}

/** Return a time in words; as it is where somebody has written into the file what is none.
 * @param {string} time @param {import("../format.js").Format} format
 * @param {"moment" | "when"} [how] */
export const timeWord = (time, format, how = "moment") =>
	Number.isNaN(Date.parse(time)) ? time : format[how](time);

/** Return a tier's name, from the table of tiers. @param {string} name @param {import("../types.js").App} app */
export function tierWord(name, { say, state }) {
	const key = `tier.${name}`;
	const word = say(key);
	return word === key ? (state.tiers.find((tier) => tier.name === name)?.title ?? name) : word;
}
