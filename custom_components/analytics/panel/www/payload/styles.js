/** How payloads look, wherever they are shown. */

import { css } from "../lit.js";

export const payloadStyles = css`
	.payload th,
	.payload td {
		padding: 10px 0;
		overflow-wrap: anywhere;
	}
	.payload {
		font-size: 15px;
		table-layout: fixed;
	}
	.payload > tbody > tr:last-child > * {
		border: 0;
	}
	.payload col:first-child {
		width: 34%;
	}
	.payload > tbody > tr > th {
		padding-inline-end: 16px;
	}
	.payload th .quiet {
		display: block;
	}
	.value {
		font-family: var(--mono);
		font-size: 0.9333em;
		overflow-wrap: anywhere;
	}
	.names,
	.looks {
		display: flex;
		flex-wrap: wrap;
		gap: 4px;
		list-style: none;
	}
	.names .chip {
		max-width: 100%;
		box-sizing: border-box;
	}
	.numbered {
		padding-inline-start: 2em;
	}
	.numbered > li {
		padding-block: 4px;
	}
	.parts > div {
		display: flex;
		flex-wrap: wrap;
		gap: 0 12px;
		padding-block: 2px;
	}
	.parts dt {
		color: var(--quiet);
		overflow-wrap: anywhere;
	}
	.parts dd {
		min-width: 0;
	}
	.payload .grid {
		table-layout: auto;
		width: auto;
	}
	.payload .grid th,
	.payload .grid td {
		border: 0;
		overflow-wrap: break-word;
		padding: 2px 0;
		padding-inline-end: 20px;
	}
	.payload .grid .value {
		overflow-wrap: break-word;
	}
	.payload .grid th {
		color: var(--quiet);
	}
	.payload summary {
		padding-block: 0 6px;
	}
	.looks {
		gap: 8px;
	}
	.look {
		border-color: var(--line);
		background: none;
		color: var(--ink);
		font-weight: 400;
		min-height: 36px;
		padding: 4px 14px;
	}
	.look[aria-pressed="true"] {
		background: color-mix(in srgb, var(--accent) 16%, transparent);
		border-color: var(--accent);
	}
	pre {
		margin: 0;
		max-height: 60vh;
		overflow: auto;
		padding: 12px 16px;
		border-radius: 8px;
		background: color-mix(in srgb, var(--quiet) 9%, transparent);
		line-height: 1.6;
		white-space: pre-wrap;
	}
	.mark {
		padding-block: 2px;
	}
	.mark > div {
		border-inline-start: 3px solid var(--mark);
		padding-inline-start: 10px;
	}
	.mark.added,
	.mark.after {
		--mark: var(--good);
	}
	.mark.removed,
	.mark.before {
		--mark: var(--wrong);
	}
	@media (min-width: 600px) {
		.mark {
			display: flex;
			gap: 8px;
		}
		.mark > .quiet {
			flex: 0 0 5em;
		}
		.mark > div {
			min-width: 0;
		}
	}
	@media (max-width: 599px) {
		.payload,
		.payload > tbody,
		.payload > tbody > tr,
		.payload > tbody > tr > * {
			display: block;
			width: auto !important;
		}
		.payload > tbody > tr {
			padding-block: 8px;
			border-block-end: 1px solid var(--line);
		}
		.payload > tbody > tr > * {
			border: 0;
			padding: 2px 0;
		}
	}
`;
