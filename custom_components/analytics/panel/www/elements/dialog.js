/** A dialog with a title, whatever is put into it, and buttons in its slot "buttons". */

import { css, define, Element, html } from "../lit.js";
import { icon } from "./icon.js";
import { base } from "../styles.js";

/** It closes by Escape and by its cross, and tells by the event `closed`. */
export class Dialog extends Element {
	static properties = { label: {}, closing: {} };

	static styles = [
		base,
		css`
			dialog {
				box-sizing: border-box;
				width: min(640px, 100vw - 32px);
				max-width: none;
				max-height: min(85dvh, 800px);
				padding: 0;
				border: 0;
				border-radius: var(--ha-dialog-border-radius, 24px);
				background: var(--mdc-theme-surface, var(--card));
				color: var(--ink);
				overflow: hidden;
				box-shadow: 0 8px 32px #0006;
			}
			dialog[open] {
				display: flex;
				flex-direction: column;
			}
			dialog::backdrop {
				background: #0008;
			}
			header {
				display: flex;
				align-items: start;
				gap: 8px;
				padding: 16px 16px 8px 24px;
				padding-inline: 24px 16px;
			}
			h2 {
				flex: 1;
				padding-block-start: 6px;
			}
			.content {
				overflow-y: auto;
				padding: 8px 24px 16px;
			}
			footer {
				display: flex;
				flex-wrap: wrap;
				justify-content: flex-end;
				gap: 8px;
				padding: 12px 24px 20px;
				border-block-start: 1px solid var(--line);
			}
			@media (max-width: 450px) {
				dialog {
					width: 100vw;
					height: 100dvh;
					max-height: none;
					margin: 0;
					border-radius: 0;
				}
				.content {
					flex: 1;
				}
			}
		`,
	];

	constructor() {
		super();
		this.label = "";
		this.closing = "";
	}

	firstUpdated() {
		this.#dialog.showModal();
	}

	get #dialog() {
		return /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector("dialog"));
	}

	#closed() {
		this.dispatchEvent(new CustomEvent("closed"));
	}

	render() {
		return html`<dialog aria-labelledby="title" @close=${this.#closed}>
			<header>
				<h2 id="title">${this.label}</h2>
				<button class="round" aria-label=${this.closing} @click=${() => this.#dialog.close()}>
					${icon("close")}
				</button>
			</header>
			<div class="content" tabindex="0" role="group" aria-labelledby="title"><slot></slot></div>
			<footer><slot name="buttons"></slot></footer>
		</dialog>`;
	}
}

define("analytics-dialog", Dialog);
