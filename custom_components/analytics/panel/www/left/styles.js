/** How the journal looks: its chart, its list, an entry. */

import { css } from "../lit.js";
import { payloadStyles } from "../payload/styles.js";
import { base } from "../styles.js";

export const leftStyles = [
	base,
	payloadStyles,
	css`
		.chart svg {
			display: block;
			width: 100%;
			height: 72px;
		}
		.chart,
		.list {
			margin: 0;
		}
		.floor {
			fill: var(--line);
		}
		rect.sent {
			fill: var(--good);
		}
		rect.failed {
			fill: var(--wrong);
		}
		.axis {
			display: flex;
			flex-wrap: wrap;
			justify-content: center;
			gap: 4px 16px;
			padding-block-start: 8px;
			color: var(--quiet);
			font-size: 13px;
		}
		.axis > :first-child {
			margin-inline-end: auto;
		}
		.axis > :nth-child(2) {
			margin-inline-start: auto;
		}
		.axis > .key {
			order: 1;
		}
		.axis::after {
			content: "";
			flex-basis: 100%;
		}
		.key::before,
		.ended::before {
			content: "";
			display: inline-block;
			width: 10px;
			height: 10px;
			margin-inline-end: 8px;
			border-radius: 50%;
			background: var(--warn);
		}
		.key.sent::before,
		.ended.sent::before {
			background: var(--good);
		}
		.ended.kept::before {
			background: var(--quiet);
		}
		.key.failed::before,
		.ended.failed::before {
			border-radius: 2px;
			background: var(--wrong);
		}
		.filters {
			display: flex;
			flex-wrap: wrap;
			gap: 12px;
		}
		.filters label {
			flex: 1 1 220px;
			min-width: 0;
		}
		.filters input,
		.filters select {
			width: 100%;
		}
		.filters .looks {
			flex: 1 1 100%;
		}
		.list {
			list-style: none;
			margin-inline: -16px;
		}
		.list li + li {
			border-block-start: 1px solid var(--line);
		}
		.list a {
			display: grid;
			grid-template-columns: 1fr auto;
			gap: 2px 16px;
			padding: 12px 16px;
			color: inherit;
			text-decoration: none;
		}
		.list a:hover {
			background: color-mix(in srgb, var(--quiet) 8%, transparent);
		}
		.list a:focus-visible {
			outline-offset: -2px;
		}
		.list a > * {
			overflow-wrap: anywhere;
			min-width: 0;
		}
		.list .quiet:nth-child(even) {
			text-align: end;
		}
		.facts > div {
			padding-block: 8px;
		}
		.facts dt {
			color: var(--quiet);
			font-size: 14px;
		}
		.facts dd {
			overflow-wrap: anywhere;
		}
		.back {
			margin-block-end: 8px;
		}
		.back svg:dir(rtl) {
			transform: scaleX(-1);
		}
		.pager {
			display: flex;
			align-items: center;
			justify-content: space-between;
			gap: 16px;
			padding-block-start: 12px;
		}
		@media (min-width: 600px) {
			.axis > .key {
				order: 0;
			}
			.axis > :nth-child(2) {
				margin-inline: 0;
				order: 1;
			}
			.axis > :last-child {
				margin-inline-end: auto;
			}
			.axis::after {
				content: none;
			}
			.list {
				margin-inline: -24px;
			}
			.list a {
				padding-inline: 24px;
			}
			.facts > div {
				display: grid;
				grid-template-columns: 34% 1fr;
				gap: 0 16px;
			}
		}
		@media (min-width: 800px) {
			.list a {
				grid-template-columns: 1.3fr 1.6fr 1.5fr 1.5fr 4.5em;
				align-items: baseline;
			}
			.list .quiet:nth-child(even) {
				text-align: start;
			}
			.list .size {
				text-align: end !important;
			}
		}
	`,
];
