/** What is asked before the journal is exported or deleted. */

import { html, nothing } from "../lit.js";

/** @typedef {import("../types.js").App} App */

/**
 * Ask whether ids are to be in the file.
 * @param {App} app @param {boolean} narrowed whether only what a filter leaves is exported
 * @param {() => void} close @param {(ids: boolean) => void} save
 */
export function exporting({ say }, narrowed, close, save) {
	/** @param {Event} event */
	const submit = (event) => {
		const dialog = /** @type {Element} */ (event.target).closest("analytics-dialog");
		const box = /** @type {HTMLInputElement | null | undefined} */ (dialog?.querySelector("input"));
		save(box?.checked ?? false);
	};
	return html`<analytics-dialog
		label=${say("left.export_title")}
		closing=${say("panel.close")}
		@closed=${close}
	>
		<div class="stack">
			<p>${say("left.export_text")}</p>
			${narrowed ? html`<p>${say("left.export_narrowed")}</p>` : nothing}
			<label class="row">
				<input type="checkbox" class="switch" role="switch" name="ids" />
				<span class="grow">
					${say("left.export_ids")}
					<br /><span class="quiet">${say("left.export_ids_text")}</span>
				</span>
			</label>
		</div>
		<button slot="buttons" class="plain" @click=${close}>${say("panel.cancel")}</button>
		<button slot="buttons" class="primary" @click=${submit}>${say("left.export_save")}</button>
	</analytics-dialog>`;
}

/** Ask whether all is to be deleted. @param {App} app @param {() => void} close @param {() => void} remove */
export const deleting = ({ say }, close, remove) =>
	html`<analytics-dialog
		label=${say("left.delete_title")}
		closing=${say("panel.close")}
		@closed=${close}
	>
		<p>${say("left.delete_text")}</p>
		<button slot="buttons" class="plain" @click=${close}>${say("panel.cancel")}</button>
		<button slot="buttons" class="danger" @click=${remove}>${say("left.delete_yes")}</button>
	</analytics-dialog>`;
