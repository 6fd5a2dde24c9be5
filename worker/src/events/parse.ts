/** Product events as JSON → lines for the `events` table. */
import { Refusal } from "../errors.ts";
import { MAX_EVENT_BYTES, MAX_JSON_DEPTH } from "../limits.ts";
import { check, invalid, isObject, shown } from "../openapi/schema.ts";
import { ACCOUNT_EVENT, EVENT, EVENTS, FIELDS, MILLISECONDS_FROM, TIMESTAMP } from "./schema.ts";
import { checkShape } from "./shape.ts";

/** An event as a row of `events`; the names are its columns. */
export interface EventRow {
  readonly event_name: string;
  readonly channel: string;
  readonly campaign_id: string;
  readonly user_id: string;
  /** UTC, `2026-01-31 12:00:00.000`. */
  readonly timestamp: string;
  readonly tags: readonly string[];
  readonly metadata: { readonly [key: string]: unknown };
  readonly received_at: string;
}

/** What one body holds. */
export interface ParsedEvents {
  readonly rows: readonly EventRow[];
  /** Without a time of its own, an event sent twice may be two events. */
  readonly haveOwnTimestamps: boolean;
}

type Fields = Record<string, unknown>;

/** @throws Refusal 400 that names the field, what it held and what is allowed. */
export function eventFromJson(bytes: Uint8Array, nowMs: number): ParsedEvents {
  const event = jsonFrom(bytes);
  if (!isObject(event)) {
    throw new Refusal(400, `body: ${shown(event)} is not a JSON object; send one event`);
  }
  return parsed([event], nowMs, () => "body");
}

/** All or none: the first event that is wrong refuses the body, and is named by its place. */
export function eventsFromJson(bytes: Uint8Array, nowMs: number): ParsedEvents {
  const events = jsonFrom(bytes);
  // The list alone; each event is checked under its own name below.
  const { items: _items, ...list } = EVENTS;
  check(list, events, "body");
  return parsed(events as Fields[], nowMs, (index) => `events[${index}]`);
}

/** `{accountId, event}` of the service before this one; the account is the event's user. */
export function accountEventFromJson(bytes: Uint8Array, nowMs: number): ParsedEvents {
  const body = jsonFrom(bytes);
  check(ACCOUNT_EVENT, body, "body");
  const { accountId, event, ...others } = body as Fields;
  const fields = isObject(event) ? event : { event_name: event };
  return parsed([{ user_id: String(accountId), ...others, ...fields }], nowMs, () => "event");
}

export function linesFromEvents(rows: readonly EventRow[]): Uint8Array {
  return encoder.encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

function parsed(
  events: readonly Fields[],
  nowMs: number,
  place: (index: number) => string,
): ParsedEvents {
  return {
    rows: events.map((event, index) => rowFrom(event, nowMs, place(index))),
    haveOwnTimestamps: events.every(({ timestamp }) => timestamp !== undefined),
  };
}

function rowFrom(event: Fields, nowMs: number, place: string): EventRow {
  check(EVENT, event, place);
  const row = {
    event_name: textFrom(event.event_name),
    channel: textFrom(event.channel),
    campaign_id: textFrom(event.campaign_id),
    user_id: textFrom(event.user_id),
    timestamp: timestampFrom(event.timestamp, nowMs, place),
    tags: ((event.tags ?? []) as string[]).map((tag) => tag.toWellFormed()),
    metadata: metadataFrom(event, place),
    received_at: nowText(nowMs),
  };
  return row;
}

// --- JSON --------------------------------------------------------------------------------------

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
const encoder = new TextEncoder();

function jsonFrom(bytes: Uint8Array): unknown {
  checkShape(bytes);
  try {
    const text = decoder.decode(bytes);
    return MAY_BE_INEXACT.test(text)
      ? JSON.parse(text, (_key, item, { source }) => exactInteger(item, source))
      : JSON.parse(text);
  } catch {
    throw new Refusal(400, "body: not JSON in UTF-8; send one event as a JSON object");
  }
}

/**
 * Integers beyond 2^53 have sixteen digits or an exponent, and stand where a value begins: an id
 * inside a text costs no second pass, which is twice what the first one costs.
 */
const MAY_BE_INEXACT = /[:,[\s]-?(?:\d{16}|\d[\d.]*[eE])/;
const MIN_INT64 = -(2n ** 63n);
const MAX_UINT64 = 2n ** 64n - 1n;

/**
 * Integers beyond 2^53 as ClickHouse can read them.
 *
 * A number of JavaScript would change their last digits, and ClickHouse refuses digits beyond 64
 * bits where it takes the same number with an exponent.
 */
function exactInteger(item: unknown, source: string | undefined): unknown {
  if (!Number.isInteger(item) || Number.isSafeInteger(item)) {
    return item;
  }
  const digits = source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : null;
  const fits = digits !== null && digits >= MIN_INT64 && digits <= MAX_UINT64;
  return JSON.rawJSON(fits ? String(digits) : Number(item).toExponential());
}

// --- fields ------------------------------------------------------------------------------------

/** ClickHouse refuses half a surrogate pair, which JSON text can spell and UTF-8 cannot hold. */
function textFrom(value: unknown): string {
  return typeof value === "string" ? value.toWellFormed() : "";
}

function timestampFrom(value: unknown, nowMs: number, place: string): string {
  if (value === undefined) {
    return nowText(nowMs);
  }
  const ms = millisecondsFrom(value);
  // The schema lets through 31 February, and 1970 in a zone where it is still 1969.
  if (!(ms >= 0)) {
    const field = place === "body" ? "timestamp" : `${place}.timestamp`;
    throw invalid(field, value, String(TIMESTAMP.description));
  }
  return dateTimeText(ms);
}

/** Of a value that `TIMESTAMP` allows; NaN where it is no date. */
function millisecondsFrom(value: unknown): number {
  if (typeof value === "number") {
    return Math.round(value < MILLISECONDS_FROM ? value * 1000 : value);
  }
  return Date.parse(String(value).replace(" ", "T"));
}

let now = { ms: Number.NaN, text: "" };

/** Many events arrive in one millisecond, and making its text costs a fifth of one's CPU. */
function nowText(ms: number): string {
  if (ms !== now.ms) {
    now = { ms, text: dateTimeText(ms) };
  }
  return now.text;
}

function dateTimeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, -1).replace("T", " ");
}

/** Fields we do not know are metadata too; what the sender put there itself comes first. */
function metadataFrom(event: Fields, place: string): Fields {
  const own = (event.metadata ?? {}) as Fields;
  const others = Object.entries(event).filter(([name]) => !FIELDS.has(name));
  const metadata = others.length === 0 ? own : { ...Object.fromEntries(others), ...own };
  const kept = wellFormed(metadata, 1) as Fields;
  if (place !== "body" && JSON.stringify(kept).length > MAX_EVENT_BYTES) {
    throw new Refusal(400, `${place}.metadata: over ${MAX_EVENT_BYTES} bytes; send less of it`);
  }
  return kept;
}

/** The value itself where nothing is wrong with it: a copy would cost as much as parsing it. */
function wellFormed(value: unknown, depth: number): unknown {
  return isWellFormed(value, depth) ? value : repaired(value);
}

function isWellFormed(value: unknown, depth: number): boolean {
  if (depth > MAX_JSON_DEPTH) {
    throw new Refusal(400, `metadata: nested deeper than ${MAX_JSON_DEPTH} levels`);
  }
  if (typeof value === "string") {
    return value.isWellFormed();
  }
  let holds = true;
  if (Array.isArray(value)) {
    for (const item of value) {
      holds = isWellFormed(item, depth + 1) && holds;
    }
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      holds = isWellFormed(value[key], depth + 1) && key.isWellFormed() && holds;
    }
  }
  return holds;
}

function repaired(value: unknown): unknown {
  if (typeof value === "string") {
    return value.toWellFormed();
  }
  if (Array.isArray(value)) {
    return value.map(repaired);
  }
  if (isObject(value)) {
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, item]) => [key.toWellFormed(), repaired(item)]));
  }
  return value;
}
