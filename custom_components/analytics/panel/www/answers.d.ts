/** What the commands of the rooms answer that show what leaves: for editors and `tsc` only. */

import type { Destination, Held, Outcome, Payload } from "./types.js";

export interface Entry {
	number: number;
	time: string;
	ended: string | null;
	kind: string;
	destination: string;
	url: string;
	attempt: number;
	tiers: Record<string, number>;
	dropped: Record<string, number>;
	size: number;
	/** Null while it is on its way, or where the host stopped meanwhile. */
	outcome: string | null;
	reason: string | null;
	status: number | null;
}

export interface Earlier {
	number: number;
	time: string;
	payload: unknown;
}

export interface OpenedEntry extends Entry {
	payload: unknown;
	body: string;
	previous: Earlier | null;
}

export interface Day {
	day: string;
	sent: number;
	failed: number;
	bytes: number;
}

export interface Listed {
	entries: Entry[];
	total: number;
	kinds: Record<string, number>;
	destinations: { url: string; name: string; count: number }[];
	outcomes: Record<string, number>;
	days: Day[];
}

/** What a list is asked for. */
export interface Filter {
	kinds: string[];
	url: string;
	outcomes: string[];
	search: string;
}

export interface Device {
	integration: string;
	told: Payload;
	nothing: { field: string; value: unknown; rule: string }[];
}

export interface Upcoming {
	kind: string;
	payload: unknown;
	json: string;
	bytes: number;
	destination: Destination | null;
	held: Held[];
	last: Earlier | null;
	devices?: Device[];
}

export interface Waiting {
	key: string;
	kind: string;
	time: string;
	expires: string;
	destination: string;
	url: string;
	tiers: Record<string, number>;
	size: number;
	payload: unknown;
	body: string;
	digest: string;
	dropped: Record<string, number>;
	/** Why it is shown anew. */
	reason: string | null;
	last_outcome: Outcome | null;
}

export interface Outbox {
	hold: boolean;
	discard_after: number;
	items: Waiting[];
}

export interface Noticed {
	digest: string;
	kind: string;
	where: string[];
	integration: string | null;
	count: number;
	first: string | null;
	last: string | null;
	state: "waiting" | "held" | "sent" | "dropped";
	why: string | null;
	event: unknown;
}

export interface Crashes {
	server: Destination | null;
	noticed: Noticed[];
	never: string[];
}
