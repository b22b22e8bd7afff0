/** Lit as it was published, in `vendor/`, and what its own LitElement would add: a template. */

import { css, ReactiveElement } from "./vendor/reactive-element/reactive-element.js";
import { html, nothing, render, svg } from "./vendor/lit-html/lit-html.js";

export { css, html, nothing, svg };

/** An element that draws the template of its `render` whenever one of its properties changes. */
export class Element extends ReactiveElement {
	/** @returns {unknown} */
	render() {
		return nothing;
	}

	/** @param {import("./vendor/reactive-element/reactive-element.js").PropertyValues} changed */
	update(changed) {
		super.update(changed);
		render(this.render(), this.renderRoot, { host: this });
	}
}

/**
 * Name an element, unless a page that stayed open over an update has it already.
 * @param {string} name @param {CustomElementConstructor} element
 */
export function define(name, element) {
	if (!customElements.get(name)) customElements.define(name, element);
}
