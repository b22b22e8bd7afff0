/** How what would leave looks, and what is held back. */

import { css } from "../lit.js";
import { payloadStyles } from "../payload/styles.js";
import { base } from "../styles.js";

export const nextStyles = [
	base,
	payloadStyles,
	css`
		.kinds {
			margin-block-end: var(--gap);
		}
		.held,
		.plainly {
			list-style: none;
		}
		.held > li {
			font-size: 0.9375rem;
			padding-block: 12px;
		}
		.held > li + li {
			border-block-start: 1px solid var(--line);
		}
		.plainly > li + li {
			padding-block-start: 8px;
		}
		.kept {
			display: flex;
			flex-wrap: wrap;
			align-items: baseline;
			gap: 4px 8px;
			overflow-wrap: anywhere;
		}
		.kept > * {
			min-width: 0;
		}
		.payload.devices th:first-child {
			width: 20%;
		}
		.payload.devices td {
			width: 40%;
			padding-inline-end: 16px;
		}
		.heads th {
			color: var(--quiet);
			font-size: 14px;
		}
		@media (min-width: 600px) {
			.held > li {
				display: grid;
				grid-template-columns: 34% 1fr;
				gap: 0 16px;
			}
		}
		@media (max-width: 599px) {
			.heads {
				display: none;
			}
		}
	`,
];
