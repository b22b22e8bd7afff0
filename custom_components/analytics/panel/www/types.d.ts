/** What Home Assistant answers, and what the page hands on: for editors and `tsc` only. */

import type { Format } from "./format.js";
import type { Home } from "./connection.js";
import type { Say, Told } from "./texts.js";

export type Payload = Record<string, unknown>;
export type Matter = "reports" | "crash_reports" | "snapshots";
export type Tone = "on" | "off" | "waits" | "trouble";
export type Placeholders = Record<string, string | number>;

export interface Remedy {
	key: string;
	do: "answer" | "choose" | "options" | "send" | "outbox" | "open";
	to: string | null;
}

export interface Line {
	matter: Matter;
	tone: Tone;
	key: string;
	placeholders: Record<string, string>;
	at: string | null;
	remedy: Remedy | null;
}

export interface Destination {
	name: string;
	url: string;
	privacy_url?: string | null;
	named_in_frontend?: boolean;
	extended?: boolean;
	confirmed?: boolean;
	/** Null where that is asked only when it is wanted, as next. */
	deletes_on_request: boolean | null;
}

export interface ToldTo {
	kind: Matter;
	url: string;
	current: boolean;
	id_kept: boolean;
	id_dropped: string | null;
	deletes_on_request: boolean | null;
	deletions_pending: number;
	gone_after_days: number | null;
}

export interface Outcome {
	outcome: string;
	reason?: string | null;
	status?: number | null;
	[more: string]: unknown;
}

export interface Status {
	destination: Destination;
	blocked: { reason: string; detail: string | null } | null;
	effective: Record<string, boolean>;
	last_report: ({ time: string } & Outcome) | null;
	next_report: string | null;
	retry_pending: boolean;
	told: ToldTo[];
	deletions_pending: number;
	crash_reports: (Destination & { effective: boolean; waiting: number }) | null;
	/** Only on hosts that have them. */
	snapshots?: { next: string | null };
	events_waiting: number;
	previous_run: string | null;
}

export interface Field {
	name: string;
	description: string;
	since: number;
}

export interface Tier {
	name: string;
	title: string;
	description: string;
	fields: Field[];
	version: number;
	accepted_version: number;
	requires: string[];
	taken: boolean;
	chosen: boolean;
	effective: boolean;
}

export interface Question {
	question: string;
	placeholders: Record<string, string>;
	url: string;
	answers: string[];
}

export interface State {
	loaded: true;
	lines: Line[];
	status: Status;
	tiers: Tier[];
	snapshots: { on: boolean; labs: boolean; destination: Destination } | null;
	questions: Question[];
	outbox: { hold: boolean; waiting: number; changes: number };
	journal: number;
	crashes: number;
	host_version: string;
	onboarded: boolean;
}

export interface Held {
	field: string;
	rule: string;
	value: unknown;
	instead: unknown;
}

export interface OptionField {
	name: string;
	type?: string;
	selector?: Record<string, Record<string, unknown> | null>;
	required?: boolean;
	optional?: boolean;
	[more: string]: unknown;
}

export interface Options {
	schema: OptionField[];
	values: Record<string, unknown>;
	fixed: string[];
	errors: Record<string, string>;
}

/** The part of Home Assistant's own object that the page reads. */
export interface Hass {
	connection: Connection;
	connected: boolean;
	language: string;
	locale?: Locale;
	config: { time_zone: string };
	user?: { is_admin: boolean };
	themes?: { darkMode?: boolean };
	panels?: Record<string, { title: string | null }>;
}

export interface Locale {
	language: string;
	number_format?: string;
	time_format?: string;
	date_format?: string;
	time_zone?: string;
}

export interface Connection {
	connected?: boolean;
	sendMessagePromise<Answer>(message: { type: string; [key: string]: unknown }): Promise<Answer>;
	subscribeMessage<Event>(
		told: (event: Event) => void,
		message: { type: string; [key: string]: unknown },
	): Promise<() => Promise<void>>;
}

/** What each room is given; a new one whenever anything of it has changed. */
export interface App {
	/** Asks Home Assistant. */
	home: Home;
	/** Returns a text of the page, by "group.key". */
	say: Say;
	/** Returns a text of the integration's other texts, by its path below `component.analytics`. */
	told: Told;
	format: Format;
	state: State;
	/** Opens a room of the page: "choose", "left/12". */
	go: (path: string) => void;
	/** Shows a short message for a while. */
	notify: (message: string) => void;
	/** Waits for an answer; where there is none, shows why, and returns undefined. */
	attempt: <Answer>(answer: Promise<Answer>) => Promise<Answer | undefined>;
	/** Returns what an error says, in the user's language. */
	why: (error: unknown) => string;
}

declare global {
	interface HTMLElementTagNameMap {
		"ha-menu-button": HTMLElement & { hass: Hass; narrow: boolean };
	}
}
