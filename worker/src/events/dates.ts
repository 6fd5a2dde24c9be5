/** Parses times of events and queries from strings and numbers. */

/** Numbers below this are seconds (until year 5138), others milliseconds (since 1973). */
export const MILLISECONDS_FROM = 1e11;
/** The last time that the table's TTL supports: DateTime ends in 2106. */
export const MAX_MS = Date.UTC(2100, 0, 1);

const DATE = "(19[7-9]\\d|20\\d\\d)-(\\d\\d)-(\\d\\d)";
const TIME = "[Tt ](\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d+))?";
const ZONE = "(?:[Zz]|([+\\-])(\\d\\d):(\\d\\d))?";
/** RFC 3339, from 1970 to 2099; without a zone it is UTC. */
export const DATE_TIME_PATTERN = `^${DATE}${TIME}${ZONE}$`;
export const DATE_PATTERN = `^${DATE}$`;

const DAY_MS = 24 * 3600 * 1000;
const MINUTE_MS = 60 * 1000;
const dateTime = new RegExp(DATE_TIME_PATTERN);
const date = new RegExp(DATE_PATTERN);

/** Return the milliseconds of Unix seconds or milliseconds. */
export function millisecondsFromNumber(time: number): number {
  return Math.round(time < MILLISECONDS_FROM ? time * 1000 : time);
}

/**
 * Return the milliseconds of a string that `DATE_TIME_PATTERN` allows; NaN for a date or a time
 * that does not exist.
 *
 * This does not use `Date.parse`, which reads 31 February as 3 March, 24:00 as the next day, and a time
 * without a zone as local time.
 */
export function millisecondsFromDateTime(text: string): number {
  const [, year, month, day, hour, minute, second, fraction = "", sign, ...zone] =
    dateTime.exec(text) ?? [];
  const atMs = dayFrom(Number(year), Number(month), Number(day));
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return Number.NaN;
  }
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  const ms = seconds * 1000 + Number(fraction.slice(0, 3).padEnd(3, "0"));
  return atMs + ms - zoneMs(sign, zone);
}

/** Return the start of a day that `DATE_PATTERN` allows, and the start of the next; NaN as above. */
export function dayFromDate(text: string): { fromMs: number; endMs: number } {
  const [, year, month, day] = date.exec(text) ?? [];
  const fromMs = dayFrom(Number(year), Number(month), Number(day));
  return { fromMs, endMs: fromMs + DAY_MS };
}

function dayFrom(year: number, month: number, day: number): number {
  const ms = Date.UTC(year, month - 1, day);
  const found = new Date(ms);
  return found.getUTCMonth() === month - 1 && found.getUTCDate() === day ? ms : Number.NaN;
}

function zoneMs(sign: string | undefined, [hour, minute]: readonly (string | undefined)[]): number {
  if (sign === undefined) {
    return 0;
  }
  if (Number(hour) > 23 || Number(minute) > 59) {
    return Number.NaN;
  }
  const ms = (Number(hour) * 60 + Number(minute)) * MINUTE_MS;
  return sign === "-" ? -ms : ms;
}
