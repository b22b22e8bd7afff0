/** What somebody has to decide, with its answers: the same words as in the host's repairs. */

import { icon } from "./elements/icon.js";
import { markdown } from "./elements/markdown.js";
import { css, html } from "./lit.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").Question} Question */

export const questionStyles = css`
	.question {
		border-color: var(--warn);
		border-inline-start-width: 4px;
	}
	.question > .icon {
		float: inline-start;
		margin-inline-end: 12px;
	}
	.question p,
	.question ul {
		margin-block-start: 8px;
		overflow-wrap: anywhere;
	}
	.question .listed {
		padding-inline-start: 20px;
	}
	.question .row {
		margin-block-start: 16px;
	}
`;

/**
 * @param {App} app @param {(question: Question, answer: string) => void} answer
 * @param {Question[]} [asked]
 */
export const questions = (app, answer, asked = app.state.questions) =>
	asked.map((question) => one(app, question, answer));

/** @param {App} app @param {Question} question @param {(question: Question, answer: string) => void} answer */
function one({ told }, question, answer) {
	const step = `issues.${question.question}.fix_flow.step.init`;
	const { placeholders } = question;
	const id = `question-${question.question}`;
	return html`<section class="card question" id=${id} aria-labelledby="${id}-title" tabindex="-1">
		${icon("question")}
		<h2 id="${id}-title">${told(`${step}.title`, placeholders)}</h2>
		${markdown(told(`${step}.description`, placeholders) ?? "")}
		<div class="row">
			${question.answers.map(
				(name, index) =>
					html`<button class=${index ? "" : "primary"} @click=${() => answer(question, name)}>
						${told(`${step}.menu_options.${name}`, placeholders)}
					</button>`,
			)}
		</div>
	</section>`;
}

/** Give an answer, and say what came of it where the words for that are there.
 * @param {App} app @param {Question} question @param {string} answer */
export async function give(app, { question, url }, answer) {
	const done = await app.attempt(
		app.home.ask("answer", { question, url, answer }).then(() => true),
	);
	const ends = { decline: "declined", keep: "kept", leave: "left" };
	const end = ends[/** @type {keyof typeof ends} */ (answer)];
	const words = done && app.told(`issues.${question}.fix_flow.abort.${end}`);
	if (done) app.notify(words || app.say("panel.done"));
}
