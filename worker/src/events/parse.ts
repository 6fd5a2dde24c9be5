/** One product event as JSON → one line for the `events` table. */
import { Refusal } from "../errors.ts";
import { MAX_JSON_DEPTH, MAX_NAME_LENGTH, MAX_TAGS } from "../limits.ts";

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

const FIELDS: ReadonlySet<string> = new Set([
  "event_name",
  "channel",
  "campaign_id",
  "user_id",
  "timestamp",
  "tags",
  "metadata",
]);

/** @throws Refusal 400 that names the field, what it held and what is allowed. */
export function eventFromJson(bytes: Uint8Array, nowMs: number): EventRow {
  const event = objectFrom(bytes);
  return {
    event_name: nameFrom(event, "event_name", { required: true }),
    channel: nameFrom(event, "channel", { required: false }),
    campaign_id: nameFrom(event, "campaign_id", { required: false }),
    user_id: nameFrom(event, "user_id", { required: false }),
    timestamp: timestampFrom(event.timestamp, nowMs),
    tags: tagsFrom(event.tags),
    metadata: metadataFrom(event),
    received_at: dateTimeText(nowMs),
  };
}

/** Without a time of its own, two equal bodies may be two events. */
export function hasOwnTimestamp(bytes: Uint8Array): boolean {
  return objectFrom(bytes).timestamp !== undefined;
}

export function lineFromEvent(row: EventRow): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(row)}\n`);
}

function objectFrom(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
    value = JSON.parse(text, (_key, item, { source }) => exactInteger(item, source));
  } catch {
    throw new Refusal(400, "body: not JSON in UTF-8; send one event as a JSON object");
  }
  if (!isObject(value)) {
    throw new Refusal(400, `body: ${shown(value)} is not a JSON object; send one event`);
  }
  return value;
}

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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nameFrom(
  event: Record<string, unknown>,
  field: string,
  { required }: { required: boolean },
): string {
  const value = event[field] ?? (required ? undefined : "");
  if (value === undefined || (required && value === "")) {
    throw new Refusal(400, `${field}: missing; a text of 1 to ${MAX_NAME_LENGTH} characters`);
  }
  if (typeof value !== "string" || value.length > MAX_NAME_LENGTH) {
    throw invalid(field, value, `allowed: a text of at most ${MAX_NAME_LENGTH} characters`);
  }
  return value.toWellFormed();
}

// --- timestamp ---------------------------------------------------------------------------------

/** Before this a number is seconds (until year 5138), from it on milliseconds (since 1973). */
const MILLISECONDS_FROM = 1e11;
/** What the table's TTL can count with: its DateTime ends in 2106. */
const MIN_MS = 0;
const MAX_MS = Date.UTC(2100, 0, 1);
const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function timestampFrom(value: unknown, nowMs: number): string {
  const ms = value === undefined ? nowMs : millisecondsFrom(value);
  if (ms === null || !(ms >= MIN_MS && ms <= MAX_MS)) {
    throw invalid(
      "timestamp",
      value,
      "allowed: Unix seconds, Unix milliseconds or RFC 3339 text, from 1970 to 2099",
    );
  }
  return dateTimeText(ms);
}

function millisecondsFrom(value: unknown): number | null {
  if (typeof value === "number") {
    return Math.round(Math.abs(value) < MILLISECONDS_FROM ? value * 1000 : value);
  }
  if (typeof value === "string" && RFC3339.test(value)) {
    return Date.parse(value.replace(" ", "T"));
  }
  return null;
}

function dateTimeText(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").replace("Z", "");
}

// --- tags and metadata -------------------------------------------------------------------------

function tagsFrom(value: unknown): string[] {
  const tags = value ?? [];
  if (!Array.isArray(tags) || tags.length > MAX_TAGS || !tags.every(isTag)) {
    throw invalid(
      "tags",
      value,
      `allowed: at most ${MAX_TAGS} texts of at most ${MAX_NAME_LENGTH} characters`,
    );
  }
  return tags.map((tag) => tag.toWellFormed());
}

function isTag(tag: unknown): tag is string {
  return typeof tag === "string" && tag.length <= MAX_NAME_LENGTH;
}

/** Fields we do not know are metadata too; what the sender put there itself comes first. */
function metadataFrom(event: Record<string, unknown>): Record<string, unknown> {
  const metadata = event.metadata ?? {};
  if (!isObject(metadata)) {
    throw invalid("metadata", metadata, "allowed: a JSON object");
  }
  const others = Object.entries(event).filter(([name]) => !FIELDS.has(name));
  return wellFormed({ ...Object.fromEntries(others), ...metadata }, 1) as Record<string, unknown>;
}

/** ClickHouse refuses half a surrogate pair, which JSON text can spell and UTF-8 cannot hold. */
function wellFormed(value: unknown, depth: number): unknown {
  if (depth > MAX_JSON_DEPTH) {
    throw new Refusal(400, `metadata: nested deeper than ${MAX_JSON_DEPTH} levels`);
  }
  if (typeof value === "string") {
    return value.toWellFormed();
  }
  if (Array.isArray(value)) {
    return value.map((item) => wellFormed(item, depth + 1));
  }
  if (isObject(value) && !JSON.isRawJSON(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key.toWellFormed(), wellFormed(item, depth + 1)]),
    );
  }
  return value;
}

function invalid(field: string, value: unknown, why: string): Refusal {
  return new Refusal(400, `${field}: ${shown(value)}; ${why}`);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
