/** The one module that talks to Home Assistant; each method is a command, described in docs. */

/** @typedef {import("./types.js").Connection} Connection */
/** @typedef {import("./types.js").State} State */

export class Home {
	/** @type {Connection} */
	#connection;

	/** @param {Connection} connection */
	constructor(connection) {
		this.#connection = connection;
	}

	/**
	 * Send a command of ours and return its answer.
	 * @template [Answer=any]
	 * @param {string} command without "analytics/" @param {Record<string, unknown>} [details]
	 * @returns {Promise<Answer>}
	 */
	ask(command, details = {}) {
		return this.#connection.sendMessagePromise({ type: `analytics/${command}`, ...details });
	}

	/**
	 * Hand on the state, now and whenever it changes, until what is returned is called.
	 *
	 * Where the connection was lost, it is asked for again by itself.
	 * @param {(state: State | { loaded: false }) => void} told
	 */
	subscribe(told) {
		return this.#connection.subscribeMessage(told, { type: "analytics/subscribe" });
	}

	/**
	 * Return our texts of one kind, by their full names.
	 * @param {string} language @param {string} category
	 * @returns {Promise<Record<string, string>>}
	 */
	async texts(language, category) {
		const { resources } = await this.#connection.sendMessagePromise(
			/** @type {{ type: string }} */ ({
				type: "frontend/get_translations",
				integration: ["analytics"],
				language,
				category,
			}),
		);
		return resources;
	}
}
