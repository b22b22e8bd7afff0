/** Numbers, times and lists as the user's profile says. */

/** @typedef {import("./types.js").Locale} Locale */
/** @typedef {ReturnType<typeof formatter>} Format */

const NUMBERS = /** @type {Record<string, string | undefined>} */ ({
	comma_decimal: "en-US",
	decimal_comma: "de",
	space_comma: "fr",
	quote_decimal: "de-CH",
	system: undefined,
});
const DATES = /** @type {Record<string, string[]>} */ ({
	DMY: ["day", "month", "year"],
	MDY: ["month", "day", "year"],
	YMD: ["year", "month", "day"],
});
const KILO = 1000;
const UNITS = ["byte", "kilobyte", "megabyte"];
const DAY = 86_400;
const STEPS = /** @type {[Intl.RelativeTimeFormatUnit, number][]} */ ([
	["day", DAY],
	["hour", 3600],
	["minute", 60],
]);

/**
 * Return what formats for a user.
 * @param {Locale} locale @param {string} zone the home's time zone
 * @param {import("./texts.js").Say} say
 */
export function formatter(locale, zone, say) {
	const { language } = locale;
	const timeZone = locale.time_zone === "server" ? zone : undefined;
	const digits = numbers(locale);
	const time = new Intl.DateTimeFormat(locale.time_format === "system" ? undefined : language, {
		timeStyle: "short",
		...hours(locale.time_format),
		timeZone,
	});
	const date = dates(locale, timeZone);
	const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone });
	const calendar = new Intl.DateTimeFormat(language, {
		day: "numeric",
		month: "short",
		timeZone: "UTC",
	});
	const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
	const sorted = new Intl.DateTimeFormat("en-CA", { timeZone });

	/** Days from today, as the clocks on the wall count them. @param {Date} moment */
	const daysAway = (moment) =>
		Math.round((Date.parse(sorted.format(moment)) - Date.parse(sorted.format(new Date()))) / 864e5);

	return {
		/** @param {number} value */
		number: (value) => digits.format(value),
		/** @param {string} iso */
		time: (iso) => time.format(new Date(iso)),
		/** @param {string} iso */
		date: (iso) => date(new Date(iso)),
		/** A day of a calendar, wherever that hangs, such as 29 Nov. @param {string} iso as 2026-11-29 */
		day: (iso) => calendar.format(new Date(iso)),
		/** A moment in full. @param {string} iso */
		moment: (iso) => `${date(new Date(iso))} ${time.format(new Date(iso))}`,
		/** A moment as one says it: today at 14:05. @param {string} iso */
		when(iso) {
			const moment = new Date(iso);
			const days = daysAway(moment);
			const named = Math.abs(days) < 2 ? relative.format(days, "day") : day.format(moment);
			return say("panel.day_and_time", { day: named, time: time.format(moment) });
		},
		/** @param {number} size */
		bytes(size) {
			const power = size < KILO ? 0 : size < KILO * KILO ? 1 : 2;
			const value = size / KILO ** power;
			return new Intl.NumberFormat(numberLanguage(locale), {
				style: "unit",
				unit: UNITS[power],
				unitDisplay: power ? "short" : "long",
				maximumFractionDigits: value < 10 && power ? 1 : 0,
			}).format(value);
		},
		/** A span of time in its largest unit. @param {number} seconds */
		duration(seconds) {
			const [unit, length] = STEPS.find(([, step]) => seconds >= step) ?? ["second", 1];
			return new Intl.NumberFormat(numberLanguage(locale), {
				style: "unit",
				unit,
				unitDisplay: "long",
				maximumFractionDigits: 1,
			}).format(seconds / length);
		},
		/** @param {Iterable<string>} items */
		list: (items) => new Intl.ListFormat(language, { type: "conjunction" }).format(items),
	};
}

/** @param {Locale} locale */
const numberLanguage = ({ number_format, language }) =>
	number_format && number_format in NUMBERS ? NUMBERS[number_format] : language;

/** @param {Locale} locale */
const numbers = (locale) =>
	new Intl.NumberFormat(numberLanguage(locale), { useGrouping: locale.number_format !== "none" });

/** @param {string | undefined} format @returns {Intl.DateTimeFormatOptions} */
function hours(format) {
	if (format === "12") return { hourCycle: "h12" };
	return format === "24" ? { hourCycle: "h23" } : {};
}

/** @param {Locale} locale @param {string | undefined} timeZone @returns {(moment: Date) => string} */
function dates({ date_format, language }, timeZone) {
	const shown = new Intl.DateTimeFormat(date_format === "system" ? undefined : language, {
		year: "numeric",
		month: "numeric",
		day: "numeric",
		timeZone,
	});
	const order = date_format && DATES[date_format];
	if (!order) return (moment) => shown.format(moment);
	return (moment) => {
		const parts = shown.formatToParts(moment);
		const between = parts.find(({ type }) => type === "literal")?.value ?? "/";
		return order.map((name) => parts.find(({ type }) => type === name)?.value).join(between);
	};
}
