/**
 * The id by which repeated events are recognised.
 *
 * The id is the client's `event_id`. For an event with only a timestamp, ClickHouse builds the id
 * from time, channel and user (`migrations/0004_create_events.sql`). For an event with neither,
 * this file builds a unique id. Both built forms start with the event's time, so that a time range is a
 * range of the table's sort key, which `GET /metrics` uses.
 */

import { MAX_RECEIVED_STEPS } from "../limits.ts";
import { clickHouseTime } from "../time/clickhouse_time.ts";

/**
 * The start of a built id. The time in milliseconds follows, and then `-` and a hash of the fields,
 * or `~` and a number. No other id may begin with it, so a range of built ids has no other ids.
 */
const BUILT = "built:";
const TIME_DIGITS = 12;

/** The prefix of built ids for this time. */
export function builtIdStart(ms: number): string {
  return `${BUILT}${ms.toString(16).padStart(TIME_DIGITS, "0")}`;
}

/** Whether a client's id is reserved: it begins as built ids do, and was not built for this time. */
export function isReservedId(id: string, ms: number): boolean {
  const isOwn = [`${builtIdStart(ms)}-`, `${builtIdStart(ms)}~`].some((own) => id.startsWith(own));
  return id.startsWith(BUILT) && !isOwn;
}

/** Random for each isolate; the runtime has no randomness before the first request. */
let isolate = "";
let built = 0;

/** Return an id that no other event has. */
export function uniqueId(ms: number): string {
  isolate ||= crypto.randomUUID().replaceAll("-", "");
  built++;
  return `${builtIdStart(ms)}~${isolate}${built.toString(16).padStart(8, "0")}`;
}

let step = { ms: Number.NaN, count: 0 };

/**
 * Return the time of receipt in nanoseconds, because the first of equal events counts, and the events
 * of one body share a millisecond.
 */
export function receivedAt(nowMs: number): string {
  const count = step.ms === nowMs ? Math.min(step.count + 1, MAX_RECEIVED_STEPS) : 0;
  step = { ms: nowMs, count };
  return clickHouseTime(nowMs) + String(count).padStart(6, "0");
}
