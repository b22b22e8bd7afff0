/** What the field of a payload is, in words. */

/** Return it from the table of tiers, empty for what is not in it.
 * @param {string} name @param {import("../types.js").App} app */
export function fieldWord(name, { say, state }) {
	const key = `field.${name}`;
	const text = say(key);
	if (text !== key) return text;
	const known = state.tiers.flatMap((tier) => tier.fields);
	return known.find((field) => field.name === name)?.description ?? "";
}
