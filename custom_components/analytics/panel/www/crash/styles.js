/** How faults look. */

import { css } from "../lit.js";
import { leftStyles } from "../left/styles.js";

export const crashStyles = [
	...leftStyles,
	css`
		.server {
			margin-block-end: var(--gap);
		}
		.head h2 {
			overflow-wrap: anywhere;
		}
		.where,
		.never {
			list-style: none;
		}
		.never > li + li {
			padding-block-start: 8px;
		}
	`,
];
