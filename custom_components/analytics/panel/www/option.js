/** One setting of a form: a switch, a text, a password or a span of time, as its schema says. */

import { css, html, nothing } from "./lit.js";

/** @typedef {import("./types.js").OptionField} OptionField */
/**
 * @typedef {object} Control
 * @property {OptionField} field
 * @property {string} label
 * @property {string} help
 * @property {string} error
 * @property {unknown} value
 * @property {import("./texts.js").Say} say
 * @property {(value: unknown) => void} change
 */
/** @typedef {Record<string, number>} Span */

const PARTS = ["days", "hours", "minutes", "seconds"];

export const optionStyles = css`
	.option {
		padding-block: 16px;
		border-block-end: 1px solid var(--line);
	}
	.option:first-child {
		padding-block-start: 0;
	}
	.option > label,
	legend {
		display: block;
		padding: 0;
		font-weight: 500;
	}
	.option > input:not(.switch) {
		width: 100%;
		margin-block-start: 8px;
	}
	legend {
		float: inline-start;
		width: 100%;
	}
	legend + .parts {
		clear: both;
	}
	.option.switched {
		display: grid;
		grid-template-columns: 1fr auto;
		gap: 4px 16px;
	}
	fieldset {
		margin: 0;
		border: 0;
		padding-inline: 0;
		min-width: 0;
	}
	.parts {
		display: grid;
		grid-template-columns: repeat(auto-fit, minmax(110px, 1fr));
		gap: 8px;
		margin-block-start: 8px;
	}
	.parts label {
		font-size: 13px;
		color: var(--quiet);
	}
	.parts input {
		display: block;
		width: 100%;
	}
	.help {
		margin-block-start: 6px;
		max-width: 46em;
	}
	.error {
		margin-block-start: 6px;
		color: var(--wrong);
		font-size: 14px;
		font-weight: 500;
	}
	.end {
		justify-content: flex-end;
		padding-block-start: 20px;
	}
`;

/** Draw a setting. @param {Control} setting */
export function control(setting) {
	const selector = setting.field.selector ?? {};
	if ("boolean" in selector) return toggle(setting);
	if ("duration" in selector) return span(setting);
	return text(setting, String(selector.text?.type ?? "text"));
}

/** @param {Control} setting */
const below = ({ field: { name }, help, error }) =>
	html`${error ? html`<p class="error" id="${name}-error" role="alert">${error}</p>` : nothing}
	${help ? html`<p class="help quiet" id="${name}-help">${help}</p>` : nothing}`;

/** @param {Control} setting */
const described = ({ field: { name }, error }) => `${error ? `${name}-error ` : ""}${name}-help`;

/** @param {Control} setting */
function toggle(setting) {
	const { field, label, value, change } = setting;
	return html`<div class="option switched">
		<label for=${field.name}>${label}</label>
		<input
			class="switch"
			type="checkbox"
			role="switch"
			id=${field.name}
			aria-describedby=${described(setting)}
			.checked=${Boolean(value)}
			@change=${(/** @type {any} */ event) => change(event.target.checked)}
		/>
		<div>${below(setting)}</div>
	</div>`;
}

/** @param {Control} setting @param {string} type */
function text(setting, type) {
	const { field, label, value, error, change } = setting;
	return html`<div class="option">
		<label for=${field.name}>${label}</label>
		<input
			type=${type === "password" ? "password" : type === "url" ? "url" : "text"}
			id=${field.name}
			name=${field.name}
			dir=${type === "url" ? "ltr" : "auto"}
			autocomplete="off"
			spellcheck="false"
			aria-invalid=${Boolean(error)}
			aria-describedby=${described(setting)}
			.value=${String(value ?? "")}
			@input=${(/** @type {any} */ event) => change(event.target.value)}
		/>
		${below(setting)}
	</div>`;
}

/** @param {Control} setting */
function span(setting) {
	const { field, label, value, error, say, change } = setting;
	const now = /** @type {Span} */ (value ?? {});
	return html`<fieldset class="option" aria-describedby=${described(setting)}>
		<legend>${label}</legend>
		<div class="parts">
			${PARTS.map(
				(part, index) =>
					html`<label
						>${say(`options.${part}`)}
						<input
							type="number"
							min="0"
							inputmode="numeric"
							id=${index ? nothing : field.name}
							name="${field.name}.${part}"
							aria-invalid=${Boolean(error)}
							.value=${String(now[part] ?? 0)}
							@input=${(/** @type {any} */ event) =>
								change({ ...now, [part]: Number(event.target.value) || 0 })}
						/>
					</label>`,
			)}
		</div>
		${below(setting)}
	</fieldset>`;
}

/** Return what was filled in: an empty text is none. @param {Record<string, unknown>} values */
export const given = (values) =>
	Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "" && value != null));
