/** The rooms of the page: what each is called in the address, when it is shown, where it is. */

/** @typedef {import("./types.js").State} State */
/**
 * @typedef {object} RoomRow
 * @property {string} name in the address, in the texts (panel.room_…), of the element
 * @property {() => Promise<unknown>} load
 * @property {(state: State) => boolean} [shown] always, where it is left out
 * @property {(state: State) => number} [waiting] a number beside its name, unless it is 0
 */

/** @type {RoomRow[]} */
export const ROOMS = [
	{ name: "now", load: () => import("./now.js") },
	{ name: "choose", load: () => import("./choose.js") },
	{ name: "next", load: () => import("./next.js") },
	{ name: "left", load: () => import("./left.js") },
	{ name: "outbox", load: () => import("./outbox.js"), waiting: ({ outbox }) => outbox.waiting },
	{ name: "crash", load: () => import("./crash.js") },
	{ name: "options", load: () => import("./options.js") },
	{ name: "act", load: () => import("./act.js") },
];
