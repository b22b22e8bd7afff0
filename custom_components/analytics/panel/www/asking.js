/** What rooms have in common that show the answer to a command, and ask anew when it may differ. */

import { html, nothing } from "./lit.js";
import { Room } from "./room.js";

/** @template Answer */
export class AskingRoom extends Room {
	static properties = { ...Room.properties, answer: { state: true }, failure: { state: true } };

	/** How often was asked: what answers an older question is of no interest. */
	#count = 0;
	#question = "";

	constructor() {
		super();
		/** @type {Answer | null} */
		this.answer = null;
		this.failure = "";
	}

	/** The command, what is asked, and the part of the state that the answer depends on.
	 * @returns {[string, Record<string, unknown>?, unknown?]} */
	get question() {
		throw new Error("A room says what it asks");
	}

	/** @override @param {Map<PropertyKey, unknown>} changed */
	willUpdate(changed) {
		const question = JSON.stringify(this.question);
		if (question === this.#question && !(this.failure && changed.has("app"))) return;
		this.#question = question;
		void this.ask();
	}

	async ask() {
		const count = (this.#count += 1);
		const [command, details] = this.question;
		try {
			/** @type {Answer} */
			const answer = await this.app.home.ask(command, details);
			if (count !== this.#count) return;
			this.answered(answer);
			[this.answer, this.failure] = [answer, ""];
		} catch (error) {
			if (count === this.#count) this.failure = this.app.why(error);
		}
	}

	/** Look at an answer before it is shown. @param {Answer} _answer */
	answered(_answer) {}

	/** @override */
	render() {
		return html`${
			this.failure ? html`<p class="card wrong" role="alert">${this.failure}</p>` : nothing
		}
		${this.answer ? this.shown(this.answer) : nothing}`;
	}

	/** Draw an answer. @param {Answer} _answer @returns {unknown} */
	shown(_answer) {
		return nothing;
	}
}
