/** The body of `POST /events/bulk`: parses and checks its events. */
import { type DayRange, union } from "../days.ts";
import { Refusal } from "../errors.ts";
import { MAX_BULK_EVENTS, MAX_EVENT_BYTES, MAX_REPORTED_EVENTS } from "../limits.ts";
import { check, invalid, isObject, shown } from "../openapi/schema.ts";
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
  /** The first `MAX_REPORTED_EVENTS` of them. */
  readonly errors: readonly RejectedEvent[];
  readonly rejected: number;
  readonly byReason: ReadonlyMap<RejectReason, number>;
}

/** An event before it is checked, or the reason why there is none. */
type Candidate = { readonly value: unknown } | { readonly refusal: Refusal };

/** @throws Refusal 400 the body holds no events. */
export function bulkFrom(bytes: Uint8Array, areLines: boolean, arrival: Arrival): Bulk {
  const lines: string[] = [];
  let days: DayRange | null = null;
  const errors: RejectedEvent[] = [];
  let haveIdentity = true;
  let rejected = 0;
  const byReason = new Map<RejectReason, number>();
  let index = 0;
  for (const candidate of candidatesFrom(bytes, areLines)) {
    try {
      const event = lineFromEvent(eventOf(candidate), arrival, `events[${index}]`);
      lines.push(event.line);
      days = days === null ? event.days : union(days, event.days);
      haveIdentity &&= event.hasIdentity;
    } catch (error) {
      if (!(error instanceof Refusal)) {
        throw error;
      }
      rejected++;
      const reason = reasonOf(error);
      byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
      if (errors.length < MAX_REPORTED_EVENTS) {
        errors.push({ index, error: error.message });
      }
    }
    index++;
  }
  return { lines, days, haveIdentity, errors, rejected, byReason };
}

function eventOf(candidate: Candidate): unknown {
  if ("refusal" in candidate) {
    throw candidate.refusal;
  }
  return candidate.value;
}

/** An array, `{"events": [...]}`, or lines of one object each, detected by content type or form. */
function candidatesFrom(bytes: Uint8Array, areLines: boolean): Iterable<Candidate> {
  if (areLines || startsWithObjectLine(bytes)) {
    checkLines(bytes);
    return candidatesFromLines(textFrom(bytes));
  }
  checkShape(bytes);
  const events = eventsFrom(bodyFrom(textFrom(bytes)));
  return events.map((value) => ({ value }));
}

function eventsFrom(body: unknown): readonly unknown[] {
  if (isObject(body) && Object.hasOwn(body, "event_name")) {
    return [body];
  }
  // Only the list: each event is checked separately, so that one does not reject the others.
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
  const end = bytes.subarray(0, MAX_EVENT_BYTES + 1).indexOf(LINE_FEED);
  if (end < 0 || !bytes.subarray(0, end).includes(OPEN_BRACE)) {
    return false;
  }
  try {
    return isObject(valueFrom(textFrom(bytes.subarray(0, end)))) && hasMore(bytes, end);
  } catch {
    return false;
  }
}

function hasMore(bytes: Uint8Array, from: number): boolean {
  return bytes.subarray(from).some((byte) => byte > 0x20);
}

/** Parsed one at a time, so that only one line's values are in memory. */
function* candidatesFromLines(text: string): Generator<Candidate> {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0 || lines.length > MAX_BULK_EVENTS) {
    throw invalid("body", `${lines.length} lines`, String(EVENTS.description));
  }
  for (const line of lines) {
    yield candidateFromLine(line);
  }
}

function candidateFromLine(line: string): Candidate {
  if (line.length > MAX_EVENT_BYTES) {
    return { refusal: new Refusal(400, `line: over ${MAX_EVENT_BYTES} bytes; send less of it`) };
  }
  try {
    return { value: valueFrom(line) };
  } catch {
    const error = `line: ${shown(line)} is not JSON; send one JSON object a line`;
    return { refusal: new Refusal(400, error) };
  }
}
