/** What all rooms have in common: they are given the state, and the rest of their address. */

import { Element } from "./lit.js";
import { base } from "./styles.js";

export class Room extends Element {
	/** @type {import("./vendor/reactive-element/reactive-element.js").PropertyDeclarations} */
	static properties = { app: { attribute: false }, sub: { attribute: false } };
	static styles = [base];

	constructor() {
		super();
		/** @type {import("./types.js").App} What a room is given before it is drawn. */
		this.app = /** @type {any} */ (undefined);
		/** What follows the name of the room in the address: an entry's number, perhaps. */
		this.sub = "";
	}
}
