/** What differs between two payloads: one row for each place, lists of names as sets. */

/** @typedef {null | boolean | number | string | unknown[] | Record<string, unknown>} Json */
/**
 * @typedef {object} Change
 * @property {string} path where it is, as one would say it
 * @property {"added" | "removed" | "changed" | "items"} how
 * @property {unknown} [before]
 * @property {unknown} [after]
 * @property {unknown[]} [gained] of a list of names
 * @property {unknown[]} [lost]
 */

/** By which of its keys an object is known in a list. */
const NAMES = ["domain", "slug", "name", "key"];

/** @param {unknown} value @returns {value is Record<string, unknown>} */
export const isObject = (value) =>
	typeof value === "object" && value !== null && !Array.isArray(value);

/** @param {unknown} value */
export const isPlain = (value) => typeof value !== "object" || value === null;

/**
 * Return what was added, removed and changed from one payload to the next, in the order of the next.
 * @param {unknown} before @param {unknown} after @param {string} [path] @returns {Change[]}
 */
export function changes(before, after, path = "") {
	if (same(before, after)) return [];
	if (isObject(before) && isObject(after)) return ofObjects(before, after, path);
	if (Array.isArray(before) && Array.isArray(after)) return ofLists(before, after, path);
	return [{ path, how: "changed", before, after }];
}

/**
 * @param {Record<string, unknown>} before @param {Record<string, unknown>} after
 * @param {string} path @param {(key: string) => string} [step] @returns {Change[]}
 */
function ofObjects(before, after, path, step = (key) => (path ? `${path}.${key}` : key)) {
	const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
	return [
		...Object.keys(after).flatMap((key) =>
			Object.hasOwn(before, key)
				? changes(before[key], after[key], step(key))
				: [added(step(key), after[key])],
		),
		...gone.map((key) => removed(step(key), before[key])),
	];
}

/** @param {unknown[]} before @param {unknown[]} after @param {string} path @returns {Change[]} */
function ofLists(before, after, path) {
	const every = [...before, ...after];
	if (every.every(isPlain)) return ofNames(before, after, path);
	const name = NAMES.find((key) => [before, after].every((list) => isKnownBy(list, key)));
	/** @param {unknown[]} list */
	const byName = (list) =>
		Object.fromEntries(
			list.map((item, index) => [
				name ? String(/** @type {Record<string, unknown>} */ (item)[name]) : String(index + 1),
				item,
			]),
		);
	return ofObjects(byName(before), byName(after), path, (key) => `${path}[${key}]`);
}

/** @param {unknown[]} before @param {unknown[]} after @param {string} path @returns {Change[]} */
function ofNames(before, after, path) {
	const [had, has] = [new Set(before), new Set(after)];
	const gained = after.filter((item) => !had.has(item));
	const lost = before.filter((item) => !has.has(item));
	// The same names in another order, or another number of times, say nothing new of the home.
	return gained.length || lost.length ? [{ path, how: "items", gained, lost }] : [];
}

/** @param {unknown[]} list @param {string} key */
function isKnownBy(list, key) {
	const names = list.map((item) => (isObject(item) ? item[key] : undefined));
	return names.every((name) => typeof name === "string") && new Set(names).size === list.length;
}

/** @param {string} path @param {unknown} after @returns {Change} */
const added = (path, after) => ({ path, how: "added", after });

/** @param {string} path @param {unknown} before @returns {Change} */
const removed = (path, before) => ({ path, how: "removed", before });

/** @param {unknown} one @param {unknown} other @returns {boolean} */
function same(one, other) {
	return one === other || (!isPlain(one) && !isPlain(other) && written(one) === written(other));
}

/** @param {unknown} value */
const written = (value) => JSON.stringify(value);
