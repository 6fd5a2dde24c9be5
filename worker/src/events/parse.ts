/** Converts a product event from JSON to its line for the table `events`. */
import { HttpError } from "../errors.ts";
import { check, fieldAt, invalid, isObject, shown } from "../openapi/schema.ts";
import { clickHouseTime } from "../time/clickhouse_time.ts";
import { type DayRange, daysFrom } from "../time/days.ts";
import type { TimeWindow } from "../time/time_window.ts";
import { millisecondsFromDateTime, millisecondsFromNumber } from "./dates.ts";
import { isReservedId, receivedAt, uniqueId } from "./identity.ts";
import { isInteger64, rawNumber } from "./json.ts";
import { joined, metadataFrom } from "./metadata.ts";
import { ACCOUNT_EVENT, EVENT, FIELDS, type Fields, TIMESTAMP } from "./schema.ts";

/** The time of arrival, and the range of times that events may have. */
export interface Arrival {
  readonly nowMs: number;
  readonly window: TimeWindow;
}

/** An event as a row of `events`. */
export interface EventLine {
  /** One JSON object and a line feed; the names are columns. */
  readonly line: string;
  readonly days: DayRange;
  /** Whether a repeat is recognised, because the event has an id or a timestamp. */
  readonly hasIdentity: boolean;
}

/** Values of the label `reason` of `ingest_rejected_rows_total`. */
export type RejectReason = "invalid" | "too_old" | "too_far_ahead";

/** The event's time is outside the window of its table. */
class OutsideWindow extends HttpError {
  readonly reason: RejectReason;

  constructor(field: string, value: unknown, ms: number, { fromMs, toMs }: TimeWindow) {
    const [from, to] = [fromMs, toMs].map((at) => new Date(at).toISOString());
    const allowed = `${from} (older events have expired) to ${to} (a day ahead of the clock)`;
    super(400, `${field}: ${shown(value)}; allowed: ${allowed}`);
    this.reason = ms < fromMs ? "too_old" : "too_far_ahead";
  }
}

export function reasonOf(error: HttpError): RejectReason {
  return error instanceof OutsideWindow ? error.reason : "invalid";
}

/** @throws HttpError 400 that names the field, its value and what is allowed. */
export function lineFromEvent(value: unknown, arrival: Arrival, place: string): EventLine {
  if (place === "body" && !isObject(value)) {
    throw new HttpError(400, `body: ${shown(value)} is not a JSON object; send one event`);
  }
  const event = isObject(value) ? withPlainNumbers(value) : value;
  check(EVENT, event, place);
  return lineFrom(event as Fields, arrival, place);
}

/** Converts `{accountId, event}`, the form of the replaced service. The account is the event's user. */
export function lineFromAccountEvent(value: unknown, arrival: Arrival): EventLine {
  const body = isObject(value) ? withPlainNumbers(value) : value;
  check(ACCOUNT_EVENT, body, "body");
  const { accountId, event, ...others } = body as Fields;
  const own = isObject(event) ? withPlainNumbers(event) : { event_name: event };
  const fields = withoutNulls(joined(own, others, "event"));
  const account = String(accountId);
  // If the event names another user, the account is stored in the metadata.
  const { user_id: user } = fields;
  const isOther = user !== undefined && user !== account && JSON.stringify(user) !== account;
  const whole = { user_id: account, ...(isOther && { accountId: account }), ...fields };
  return lineFromEvent(whole, arrival, "event");
}

/** Removes nulls from the fields that are columns. In the metadata, null is a value. */
function withoutNulls(event: Fields): Fields {
  const entries = Object.entries(event);
  return Object.fromEntries(entries.filter(([name, item]) => item !== null || !FIELDS.has(name)));
}

const ID_FIELDS = ["event_id", "user_id", "accountId"] as const;

/** Converts numbers outside the metadata to the schema's types: ids to digits, times to numbers. */
function withPlainNumbers(event: Fields): Fields {
  const time = rawNumber(event.timestamp);
  const plain: Fields = time === null ? {} : { timestamp: Number(time) };
  for (const name of ID_FIELDS) {
    const digits = rawNumber(event[name]);
    if (digits !== null) {
      plain[name] = integerFrom(digits) ?? event[name];
    }
  }
  return Object.keys(plain).length === 0 ? event : { ...event, ...plain };
}

/** Returns the digits of an integer of at most 64 bits, and null for other numbers. */
function integerFrom(digits: string): string | null {
  if (isInteger64(digits)) {
    return String(BigInt(digits));
  }
  const number = Number(digits); // 1e3
  return Number.isSafeInteger(number) ? String(number) : null;
}

function lineFrom(event: Fields, arrival: Arrival, place: string): EventLine {
  const { timestamp, metadata, tags } = event;
  const hasTime = timestamp !== undefined && timestamp !== null;
  const ms = hasTime ? timestampFrom(timestamp, arrival, place) : arrival.nowMs;
  const ownId = idFrom(event.event_id, ms, place);
  const row = {
    event_name: stringFrom(event.event_name),
    // Absent if ClickHouse builds it from the other fields.
    ...((ownId !== null || !hasTime) && { event_id: ownId ?? uniqueId(ms) }),
    channel: stringFrom(event.channel),
    campaign_id: stringFrom(event.campaign_id),
    user_id: stringFrom(event.user_id),
    timestamp: clickHouseTime(ms),
    tags: ((tags ?? []) as string[]).map((tag) => tag.toWellFormed()),
    received_at: receivedAt(arrival.nowMs),
  };
  const { text, typed } = metadataFrom((metadata ?? {}) as Fields, unknownFields(event), place);
  const typedField = typed === null ? "" : `,"metadata":${typed}`;
  const line = `${JSON.stringify(row).slice(0, -1)},"metadata_text":${text}${typedField}}\n`;
  return { line, days: daysFrom(ms), hasIdentity: hasTime || ownId !== null };
}

function unknownFields(event: Fields): Fields {
  const others = Object.entries(event).filter(([name]) => !FIELDS.has(name));
  return Object.fromEntries(others);
}

/** ClickHouse rejects half a surrogate pair, which JSON can escape and UTF-8 cannot encode. */
function stringFrom(value: unknown): string {
  return value === undefined || value === null ? "" : String(value).toWellFormed();
}

/** @throws HttpError 400 an id that begins as built ids do, but was not built for this time. */
function idFrom(value: unknown, ms: number, place: string): string | null {
  if (value === undefined || value === null) {
    return null;
  }
  const id = stringFrom(value);
  if (isReservedId(id, ms)) {
    const allowed = "another id; `built:` is reserved for events without one";
    throw invalid(fieldAt(place, "event_id"), value, allowed);
  }
  return id;
}

function timestampFrom(value: unknown, { window }: Arrival, place: string): number {
  const ms =
    typeof value === "number"
      ? millisecondsFromNumber(value)
      : millisecondsFromDateTime(String(value));
  const field = fieldAt(place, "timestamp");
  // The pattern matches 31 February.
  if (Number.isNaN(ms)) {
    throw invalid(field, value, String(TIMESTAMP.description));
  }
  if (ms < window.fromMs || ms > window.toMs) {
    throw new OutsideWindow(field, value, ms, window);
  }
  return ms;
}
