/** What is asked before something that waits is trimmed or discarded. */

import { tierWord } from "../left/words.js";
import { html } from "../lit.js";

/** @typedef {import("../answers.js").Waiting} Waiting */

/** Without this one there is no report. */
const ALWAYS = "base";

/** Return the tiers that can be left out, none where nothing would be left. @param {Waiting} item */
export function trimmable({ kind, tiers }) {
	if (kind === "crash" || kind === "snapshot") return [];
	const names = Object.keys(tiers);
	return names.length > 1 ? names.filter((name) => name !== ALWAYS) : [];
}

/**
 * @param {Waiting} item @param {import("../types.js").App} app
 * @param {() => void} close @param {(without: string[]) => void} trim
 */
export function trimming(item, app, close, trim) {
	const { say } = app;
	/** @param {Event} event */
	const submit = (event) => {
		const dialog = /** @type {Element} */ (event.target).closest("analytics-dialog");
		const boxes = [...(dialog?.querySelectorAll("input") ?? [])];
		const without = boxes.filter(({ checked }) => !checked).map(({ name }) => name);
		if (without.length) trim(without);
		else close();
	};
	return html`<analytics-dialog
		label=${say("outbox.trim_title")}
		closing=${say("panel.close")}
		@closed=${close}
	>
		<div class="stack">
			<p>${say("outbox.trim_text")}</p>
			${trimmable(item).map(
				(tier) =>
					html`<label class="row">
						<input type="checkbox" class="switch" role="switch" name=${tier} checked />
						<span class="grow">${tierWord(tier, app)}</span>
					</label>`,
			)}
		</div>
		<button slot="buttons" class="plain" @click=${close}>${say("panel.cancel")}</button>
		<button slot="buttons" class="primary" @click=${submit}>${say("outbox.trim_yes")}</button>
	</analytics-dialog>`;
}

/** @param {import("../types.js").App} app @param {() => void} close @param {() => void} discard */
export const discarding = ({ say }, close, discard) =>
	html`<analytics-dialog
		label=${say("outbox.discard_title")}
		closing=${say("panel.close")}
		@closed=${close}
	>
		<p>${say("outbox.discard_text")}</p>
		<button slot="buttons" class="plain" @click=${close}>${say("panel.cancel")}</button>
		<button slot="buttons" class="danger" @click=${discard}>${say("outbox.discard")}</button>
	</analytics-dialog>`;
