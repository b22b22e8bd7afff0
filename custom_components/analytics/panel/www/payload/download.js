/** Text as a file, which the browser keeps where its user wants it. */

/** @param {string} name @param {string} text */
export function download(name, text) {
	const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
	const link = Object.assign(document.createElement("a"), { href: url, download: name });
	link.click();
	// By then the browser has begun to read it.
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
