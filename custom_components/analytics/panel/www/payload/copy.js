/** Text for the clipboard, also where a page without https has none: there, what is shown is copied. */

/**
 * Copy a text, and tell whether that worked.
 * @param {string} text @param {Element | null} shown what shows the same text
 */
export async function copied(text, shown) {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return shown !== null && copiedFrom(shown);
	}
}

/** @param {Element} shown */
function copiedFrom(shown) {
	getSelection()?.selectAllChildren(shown);
	return document.execCommand("copy");
}
