/** What all elements of the page look like, from the colours of Home Assistant's theme. */

import { css } from "./lit.js";

/*
 * Text in the theme's own primary or error colour is too pale to read on most of its cards, so it
 * is mixed with the colour of text. Filled buttons are that mixture, with the card's colour on them.
 */
export const base = css`
	:host {
		--card: var(--ha-card-background, var(--card-background-color, #fff));
		--ink: var(--primary-text-color, #212121);
		--quiet: color-mix(in srgb, var(--secondary-text-color, #666) 85%, var(--ink));
		--line: var(--divider-color, #0000001f);
		--accent: color-mix(in srgb, var(--primary-color, #009ac7) 64%, var(--ink));
		--wrong: color-mix(in srgb, var(--error-color, #db4437) 70%, var(--ink));
		--good: var(--success-color, #43a047);
		--warn: var(--warning-color, #ffa600);
		--radius: var(--ha-card-border-radius, 12px);
		--gap: 16px;
		--mono: var(--ha-font-family-code, var(--code-font-family, ui-monospace, monospace));
		display: block;
		color: var(--ink);
		line-height: 1.5;
	}
	[hidden] {
		display: none !important;
	}
	h1,
	h2,
	h3,
	p,
	dl,
	dd,
	ul,
	ol {
		margin: 0;
		padding: 0;
	}
	h2 {
		font-size: 20px;
		font-weight: 500;
		line-height: 1.4;
	}
	h3 {
		font-size: 16px;
		font-weight: 500;
	}
	a,
	.link {
		color: var(--accent);
	}
	code,
	pre,
	.mono {
		font-family: var(--mono);
		font-size: 0.875em;
		overflow-wrap: anywhere;
	}
	svg.icon {
		flex: none;
		width: 24px;
		height: 24px;
		fill: currentColor;
	}
	.card {
		background: var(--card);
		border: var(--ha-card-border-width, 1px) solid var(--ha-card-border-color, var(--line));
		border-radius: var(--radius);
		box-shadow: var(--ha-card-box-shadow, none);
		box-sizing: border-box;
		padding: 16px;
		margin-block-end: var(--gap);
		min-width: 0;
	}
	.lead {
		max-width: 44em;
		margin-block-end: var(--gap);
		color: var(--quiet);
	}
	.quiet {
		color: var(--quiet);
		font-size: 14px;
	}
	.wrong {
		color: var(--wrong);
	}
	.stack > * + * {
		margin-block-start: 8px;
	}
	.row {
		display: flex;
		flex-wrap: wrap;
		align-items: center;
		gap: 8px 16px;
	}
	.grow {
		flex: 1 1 0;
		min-width: 0;
	}
	.unseen {
		position: absolute;
		width: 1px;
		height: 1px;
		overflow: hidden;
		clip-path: inset(50%);
		white-space: nowrap;
	}
	button,
	.button {
		display: inline-flex;
		align-items: center;
		justify-content: center;
		gap: 8px;
		box-sizing: border-box;
		min-height: 40px;
		padding: 8px 16px;
		border: 1px solid transparent;
		border-radius: 20px;
		background: color-mix(in srgb, var(--accent) 12%, transparent);
		color: color-mix(in srgb, var(--accent) 80%, var(--ink));
		font: inherit;
		font-size: 14px;
		font-weight: 500;
		text-align: center;
		text-decoration: none;
		cursor: pointer;
	}
	button:hover,
	.button:hover {
		background: color-mix(in srgb, var(--accent) 20%, transparent);
	}
	button.primary,
	.button.primary {
		background: var(--accent);
		color: var(--card);
	}
	button.primary:hover,
	.button.primary:hover {
		background: color-mix(in srgb, var(--accent) 88%, var(--ink));
	}
	button.plain {
		background: none;
		padding-inline: 12px;
	}
	button.plain:hover {
		background: color-mix(in srgb, var(--accent) 10%, transparent);
	}
	button.danger {
		background: var(--wrong);
		color: var(--card);
	}
	button.round {
		width: 40px;
		padding: 0;
		background: none;
		color: inherit;
	}
	button:disabled {
		opacity: 0.5;
		cursor: default;
	}
	:focus-visible {
		outline: 2px solid var(--accent);
		outline-offset: 2px;
	}
	input,
	select,
	textarea {
		box-sizing: border-box;
		min-height: 48px;
		padding: 8px 12px;
		border: 1px solid color-mix(in srgb, var(--quiet) 70%, transparent);
		border-radius: 8px;
		background: var(--card);
		color: var(--ink);
		font: inherit;
		max-width: 100%;
	}
	input[aria-invalid="true"] {
		border-color: var(--wrong);
	}
	.switch {
		position: relative;
		flex: none;
		display: inline-block;
		width: 48px;
		height: 28px;
		min-height: 0;
		margin: 0;
		padding: 0;
		appearance: none;
		border: 2px solid var(--quiet);
		border-radius: 14px;
		background: transparent;
		cursor: pointer;
		transition:
			background 0.15s,
			border-color 0.15s;
	}
	.switch::before {
		content: "";
		position: absolute;
		inset-block-start: 4px;
		inset-inline-start: 4px;
		width: 16px;
		height: 16px;
		border-radius: 50%;
		background: var(--quiet);
		transition: inset-inline-start 0.15s;
	}
	.switch:checked {
		border-color: var(--accent);
		background: var(--accent);
	}
	.switch:checked::before {
		inset-inline-start: 24px;
		background: var(--card);
	}
	.switch:disabled {
		opacity: 0.5;
		cursor: default;
	}
	table {
		border-collapse: collapse;
		width: 100%;
		text-align: start;
	}
	th,
	td {
		padding: 8px 12px;
		border-block-end: 1px solid var(--line);
		text-align: start;
		vertical-align: top;
		font-weight: 400;
	}
	.scroll {
		overflow-x: auto;
	}
	.chip {
		display: inline-block;
		padding: 0 10px;
		border-radius: 12px;
		background: color-mix(in srgb, var(--quiet) 14%, transparent);
		font-size: 13px;
		line-height: 24px;
	}
	.notice {
		display: flex;
		gap: 12px;
		padding: 12px 16px;
		border-radius: var(--radius);
		background: color-mix(in srgb, var(--warn) 14%, transparent);
	}
	details > summary {
		cursor: pointer;
		color: var(--accent);
		font-size: 14px;
		font-weight: 500;
		padding-block: 8px;
	}
	@media (min-width: 600px) {
		.card {
			padding: 24px;
		}
		:host {
			--gap: 24px;
		}
	}
	@media (prefers-reduced-motion: reduce) {
		* {
			transition: none !important;
		}
	}
	@media (forced-colors: active) {
		.switch::before {
			background: CanvasText;
		}
	}
`;
