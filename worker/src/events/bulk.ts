/** The body of `POST /events/bulk`: parses and checks its events. */
import { HttpError } from "../errors.ts";
import { MAX_BULK_EVENTS, MAX_EVENT_BYTES, MAX_REPORTED_EVENTS } from "../limits.ts";
import { check, invalid, isObject, shown } from "../openapi/schema.ts";
import { type DayRange, union } from "../time/days.ts";
import { bodyFrom, textFrom, valueFrom } from "./json.ts";
import { type Arrival, lineFromEvent, type RejectReason, reasonOf } from "./parse.ts";
import { EVENTS, EVENTS_OBJECT } from "./schema.ts";
import { checkLines, checkShape } from "./shape.ts";

/** Why an event is not stored; `index` counts events from 0. */
export interface RejectedEvent {
  readonly index: number;
  readonly error: string;
}

/** The events of a body. */
export interface Bulk {
  readonly lines: readonly string[];
  /** Days of their rows; null if there are none. */
  readonly days: DayRange | null;
  /** Whether every event is recognised as a repeat when the body is sent again. */
  readonly haveIdentity: boolean;
  /** The first `MAX_REPORTED_EVENTS` rejected events. */
  readonly errors: readonly RejectedEvent[];
  readonly rejected: number;
  /** Which events are rejected, as a string; empty if none is. */
  readonly rejectedIndexes: string;
  readonly byReason: ReadonlyMap<RejectReason, number>;
}

/** An event before it is checked, or the reason why there is none. */
type Candidate = { readonly value: unknown } | { readonly error: HttpError };

/** @throws HttpError 400 the body holds no events. */
export function bulkFrom(bytes: Uint8Array, areLines: boolean, arrival: Arrival): Bulk {
  const lines: string[] = [];
  let days: DayRange | null = null;
  const errors: RejectedEvent[] = [];
  let haveIdentity = true;
  const rejectedIndexes: number[] = [];
  const byReason = new Map<RejectReason, number>();
  let index = 0;
  for (const candidate of candidatesFrom(bytes, areLines)) {
    try {
      const event = lineFromEvent(eventOf(candidate), arrival, `events[${index}]`);
      lines.push(event.line);
      days = days === null ? event.days : union(days, event.days);
      haveIdentity &&= event.hasIdentity;
    } catch (error) {
      if (!(error instanceof HttpError)) {
        throw error;
      }
      rejectedIndexes.push(index);
      const reason = reasonOf(error);
      byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
      if (errors.length < MAX_REPORTED_EVENTS) {
        errors.push({ index, error: error.message });
      }
    }
    index++;
  }
  const rejected = rejectedIndexes.length;
  return {
    ...{ lines, days, haveIdentity, errors, rejected, byReason },
    rejectedIndexes: rejectedIndexes.join(),
  };
}

function eventOf(candidate: Candidate): unknown {
  if ("error" in candidate) {
    throw candidate.error;
  }
  return candidate.value;
}

/** Parse an array, `{"events": [...]}`, or one object per line, by content type or by the first line. */
function candidatesFrom(bytes: Uint8Array, areLines: boolean): Iterable<Candidate> {
  if (areLines || startsWithObjectLine(bytes)) {
    checkLines(bytes);
    return candidatesFromLines(linesFrom(bytes));
  }
  checkShape(bytes);
  const events = eventsFrom(bodyFrom(textFrom(bytes)));
  return events.map((value) => ({ value }));
}

function eventsFrom(body: unknown): readonly unknown[] {
  if (isObject(body) && Object.hasOwn(body, "event_name")) {
    return [body];
  }
  // This checks only the list. Each event is checked separately, so that it rejects no others.
  const { items: _items, ...list } = EVENTS;
  if (isObject(body)) {
    check({ ...EVENTS_OBJECT, properties: { events: list } }, body, "body");
    return body.events as readonly unknown[];
  }
  check({ ...list, description: `a JSON array of ${EVENTS.description}` }, body, "body");
  return body as readonly unknown[];
}

const LINE_FEED = 0x0a;
const OPEN_BRACE = 0x7b;

/** Whether the first of several lines is a whole object; indented JSON starts with `{` alone. */
function startsWithObjectLine(bytes: Uint8Array): boolean {
  const start = Math.max(0, bytes.findIndex(isNoSpace));
  const end = bytes.indexOf(LINE_FEED, start);
  const line = bytes.subarray(start, end);
  if (end < 0 || line.byteLength > MAX_EVENT_BYTES || !line.includes(OPEN_BRACE)) {
    return false;
  }
  try {
    return isObject(valueFrom(textFrom(line))) && hasMore(bytes, end);
  } catch {
    return false;
  }
}

function hasMore(bytes: Uint8Array, from: number): boolean {
  return bytes.subarray(from).some(isNoSpace);
}

function isNoSpace(byte: number): boolean {
  return byte > 0x20;
}

/** Return the lines that are not empty; null for a line that is not UTF-8. */
function linesFrom(bytes: Uint8Array): readonly (string | null)[] {
  try {
    return textFrom(bytes).split("\n").filter(isFilled);
  } catch {
    return linesOneByOne(bytes);
  }
}

/** Return at most one line more than the limit, so that millions of lines use no memory. */
function linesOneByOne(bytes: Uint8Array): readonly (string | null)[] {
  const lines: (string | null)[] = [];
  let start = 0;
  while (start < bytes.byteLength && lines.length <= MAX_BULK_EVENTS) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found < 0 ? bytes.byteLength : found;
    const line = end === start ? "" : lineFromBytes(bytes.subarray(start, end));
    if (isFilled(line)) {
      lines.push(line);
    }
    start = end + 1;
  }
  return lines;
}

function isFilled(line: string | null): boolean {
  return line === null || line.trim() !== "";
}

function lineFromBytes(bytes: Uint8Array): string | null {
  try {
    return textFrom(bytes);
  } catch {
    return null;
  }
}

/** Parses one line at a time, so that only one line's values are in memory. */
function* candidatesFromLines(lines: readonly (string | null)[]): Generator<Candidate> {
  if (lines.length === 0 || lines.length > MAX_BULK_EVENTS) {
    throw invalid("body", `${lines.length} lines`, String(EVENTS.description));
  }
  for (const line of lines) {
    yield line === null ? { error: new HttpError(400, NOT_UTF8) } : candidateFromLine(line);
  }
}

const NOT_UTF8 = "line: not UTF-8; send valid UTF-8";

function candidateFromLine(line: string): Candidate {
  if (line.length > MAX_EVENT_BYTES) {
    return { error: new HttpError(400, `line: over ${MAX_EVENT_BYTES} bytes; send less of it`) };
  }
  try {
    return { value: valueFrom(line) };
  } catch {
    const message = `line: ${shown(line)} is not JSON; send one JSON object a line`;
    return { error: new HttpError(400, message) };
  }
}
