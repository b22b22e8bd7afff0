/** The texts of the page, in the user's language, from the integration's translations. */

/** @typedef {import("./types.js").Placeholders} Placeholders */
/** @typedef {(key: string, placeholders?: Placeholders, count?: number) => string} Say */
/** @typedef {(path: string, placeholders?: Placeholders) => string | undefined} Told */

const CATEGORIES = ["config_panel", "issues", "options", "exceptions"];
const OURS = "component.analytics";

/**
 * Load all texts in a language.
 * @param {import("./connection.js").Home} home @param {string} language
 */
export async function load(home, language) {
	const loaded = await Promise.all(CATEGORIES.map((category) => home.texts(language, category)));
	return speaker(Object.assign({}, ...loaded), language);
}

/**
 * Return what finds texts: `say` those of the page, `told` all others.
 * @param {Record<string, string>} resources @param {string} language
 */
export function speaker(resources, language) {
	const plural = new Intl.PluralRules(language);
	/** @type {Told} */
	const told = (path, placeholders = {}) => {
		const text = resources[`${OURS}.${path}`];
		return text === undefined ? undefined : fill(text, placeholders);
	};
	/** @type {Say} */
	const say = (key, placeholders = {}, count = undefined) => {
		const path = `config_panel.${key}`;
		if (count === undefined) return told(path, placeholders) ?? key;
		const counted = { count, ...placeholders };
		return (
			told(`${path}_${plural.select(count)}`, counted) ?? told(`${path}_other`, counted) ?? key
		);
	};
	return { say, told };
}

/** Fill placeholders in; what has no value stays as it is, to be seen.
 * @param {string} text @param {Placeholders} placeholders */
const fill = (text, placeholders) =>
	text.replace(/\{(\w+)\}/g, (whole, name) => String(placeholders[name] ?? whole));

/**
 * Return what an error says: our own in the user's language, any other as it was worded.
 * @param {unknown} error @param {Say} say @param {Told} told
 */
export function why(error, say, told) {
	const { code, message, translation_key, translation_placeholders } =
		/** @type {Record<string, any>} */ (error ?? {});
	// A connection that was lost has a number, a refusal has a word.
	if (typeof code === "number" || code === "timeout") return say("panel.unreachable");
	if (code === "not_found") return say("panel.not_loaded");
	if (code === "unauthorized") return say("panel.no_admin");
	const text = told(`exceptions.${translation_key}.message`, translation_placeholders ?? {});
	return text ?? String(message ?? error);
}
