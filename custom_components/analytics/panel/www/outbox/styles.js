/** How what waits looks. */

import { css } from "../lit.js";
import { payloadStyles } from "../payload/styles.js";
import { base } from "../styles.js";

export const outboxStyles = [
	base,
	payloadStyles,
	css`
		.acts {
			position: sticky;
			inset-block-end: 0;
			background: var(--card);
			padding-block-end: 16px;
			margin-block-end: -16px;
			border-block-start: 1px solid var(--line);
			padding-block-start: 16px;
		}
	`,
];
