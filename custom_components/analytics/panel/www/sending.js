/** Send a report now, and say how one ended. */

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").Outcome} Outcome */

/** Return how a report ended, in a sentence. @param {App} app @param {Outcome} ended */
export function outcome({ say, state, told }, { outcome: how, reason }) {
	const kept = how === "blocked" && told(`exceptions.blocked_${reason}.message`);
	const key = how === "retryable" && state.outbox.hold ? "retryable_held" : how;
	return kept || say(`outcome.${key}`, { reason: reason ?? "" });
}

/** Send, and show how that ended; the outcome, undefined where there is none. @param {App} app */
export async function sendNow(app) {
	/** @type {Outcome | undefined} */
	const ended = await app.attempt(app.home.ask("send"));
	if (ended) app.notify(outcome(app, ended));
	return ended;
}
