/**
 * Rewrites a scanned OTLP body to the one form that ClickHouse reads correctly.
 *
 * - Array and map values become the strings that the Collector's exporter stores for them, because
 *   ClickHouse's input structures cannot be recursive.
 * - The parts of a single message are merged.
 * - Of a repeated single field, and of two members of a oneof, only the last is kept.
 * - Numbers are cut to the bits of their type.
 * - Unknown fields, and rows and exemplars that cannot be stored, are removed.
 */
import { concat } from "../body/bytes.ts";
import { MAX_STORED_RAW_BYTES } from "../limits.ts";
import type { DayRange } from "../time/days.ts";
import type { TimeWindow } from "../time/time_window.ts";
import { lastMember, writeAnyValueText } from "./anyvalue.ts";
import { type Fields, readFields } from "./fields.ts";
import { ProtobufWriter } from "./protobuf_writer.ts";
import { NotStorable, outside, type Rejected, Rejections } from "./rejected.ts";
import { writeScalar } from "./rewrite_scalars.ts";
import { RowTimes } from "./row_times.ts";
import {
  ANY_VALUE,
  type Field,
  type Message,
  type Signal,
  tagNamed,
  tagOf,
  WIRE_FIXED64,
  WIRE_LEN,
} from "./schema.ts";

export interface Rewritten {
  readonly bytes: Uint8Array;
  /** The rows of the result. `scan` also counts rows of a oneof member that a later one replaces. */
  readonly rows: number;
  /** The days of those rows; null if there are none. */
  readonly days: DayRange | null;
  readonly rejected: Rejected;
  /** Whether a log record got the time of its arrival. */
  readonly hasArrivalTimes: boolean;
}

/**
 * Rewrite a body.
 *
 * @param nowMs the time of log records that have none.
 * @throws HttpError 413 the result would exceed `MAX_STORED_RAW_BYTES`; no more than that is written.
 */
export function rewrite(
  signal: Signal,
  bytes: Uint8Array,
  window: TimeWindow,
  nowMs: number,
): Rewritten {
  const rewriter = new Rewriter(bytes.length, window, nowMs);
  rewriter.message(signal.request, bytes, 0, bytes.length);
  const { out, rows, times, rejections, hasArrivalTimes } = rewriter;
  const rejected = rejections.rejected();
  return { bytes: out.whole(), rows, days: times.days(), rejected, hasArrivalTimes };
}

const NANOS_PER_MS = 1_000_000n;
const TEXT: Field = { name: "stringValue", type: "text" };
const STRING_TAG = tagNamed(ANY_VALUE, "stringValue");
const ARRAY_OR_MAP = new Set([5, 6]);

class Rewriter {
  rows = 0;
  hasArrivalTimes = false;
  readonly out: ProtobufWriter;
  readonly times: RowTimes;
  readonly rejections = new Rejections();
  readonly #window: TimeWindow;
  readonly #nowMs: number;

  constructor(expectedBytes: number, window: TimeWindow, nowMs: number) {
    const size = Math.min(expectedBytes, MAX_STORED_RAW_BYTES);
    this.out = new ProtobufWriter(size, MAX_STORED_RAW_BYTES, "with its arrays as strings");
    this.times = new RowTimes(window);
    this.#window = window;
    this.#nowMs = nowMs;
  }

  message(message: Message, bytes: Uint8Array, from: number, end: number): void {
    const fields = readFields(message, bytes, from, end);
    const arrivalField =
      message.times === undefined ? null : this.#requireTime(message, message.times, bytes, fields);
    if (arrivalField !== null) {
      fields.delete(arrivalField);
    }
    this.#fields(message, bytes, fields);
    if (arrivalField !== null) {
      this.#writeArrival(arrivalField);
    }
  }

  #fields(message: Message, bytes: Uint8Array, fields: Fields): void {
    const chosen = lastOfOneof(message, fields);
    for (const [number, ranges] of fields) {
      const field = message.fields[number];
      if (field === undefined || (field.oneof && number !== chosen)) {
        continue;
      }
      const child = field.message;
      if (child === undefined) {
        writeScalar(this.out, number, field, bytes, ranges);
      } else if (child === ANY_VALUE) {
        this.#anyValue(tagOf(number, field), bytes, ranges);
      } else if (field.repeated) {
        for (let at = 0; at < ranges.length; at += 2) {
          this.#repeated(number, child, bytes, ranges[at] ?? 0, ranges[at + 1] ?? 0);
        }
      } else {
        this.#single(number, field, child, bytes, ranges);
      }
    }
  }

  /**
   * Protobuf merges the parts of a message by concatenation. For a member of a oneof, the Collector
   * keeps only the last part.
   */
  #single(
    number: number,
    { oneof }: Field,
    child: Message,
    bytes: Uint8Array,
    ranges: number[],
  ): void {
    if (oneof || ranges.length === 2) {
      this.#child(number, child, bytes, ranges.at(-2) ?? 0, ranges.at(-1) ?? 0);
    } else {
      const whole = concatRanges(bytes, ranges);
      this.#child(number, child, whole, 0, whole.length);
    }
  }

  #child(number: number, child: Message, bytes: Uint8Array, from: number, end: number): void {
    const start = this.#open(number * 8 + WIRE_LEN);
    this.message(child, bytes, from, end);
    this.out.close(start);
  }

  #open(tag: number): number {
    this.out.varint(0, tag);
    this.out.byte(0); // a placeholder for the length, which has one byte or more
    return this.out.length - 1;
  }

  #repeated(number: number, child: Message, bytes: Uint8Array, from: number, end: number): void {
    const start = this.out.length;
    try {
      this.#child(number, child, bytes, from, end);
      this.rows += child.row === undefined ? 0 : 1;
    } catch (error) {
      if (!(error instanceof NotStorable)) {
        throw error;
      }
      this.out.length = start;
      this.#leaveOut(child, error);
    }
  }

  #anyValue(tag: number, bytes: Uint8Array, ranges: readonly number[]): void {
    const start = this.#open(tag);
    const member = lastMember(bytes, ranges);
    if (member !== null && ARRAY_OR_MAP.has(member.number)) {
      const text = this.#open(STRING_TAG);
      writeAnyValueText(this.out, bytes, member);
      this.out.close(text);
    } else if (member !== null) {
      const field = ANY_VALUE.fields[member.number] ?? TEXT;
      writeScalar(this.out, member.number, field, bytes, [member.from, member.end]);
    }
    this.out.close(start);
  }

  #leaveOut(child: Message, error: NotStorable): void {
    if (child.row !== undefined) {
      this.rejections.row(child.name, error);
    } else if (child.droppable) {
      this.rejections.exemplar(child.name, error);
    } else {
      throw error; // the row catches it
    }
  }

  /**
   * Check the time of a row: its first field that is set, as in the statement of its table.
   *
   * @returns the field that gets the time of arrival; null if the row has a time.
   */
  #requireTime(
    message: Message,
    times: readonly number[],
    bytes: Uint8Array,
    fields: Fields,
  ): number | null {
    const number = times.find((each) => nanosFrom(bytes, fields.get(each)) !== 0n);
    const name = message.fields[number ?? times[0] ?? 0]?.name ?? "";
    if (number !== undefined) {
      const high = requireInside(name, nanosFrom(bytes, fields.get(number)), this.#window);
      this.times.note(high);
      return null;
    }
    const [, observed] = times;
    if (observed === undefined) {
      throw new NotStorable("no_time", `${name} is missing`);
    }
    return observed;
  }

  /**
   * Set the observed time of a log record, if the sender did not:
   * https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-observedtimestamp
   */
  #writeArrival(number: number): void {
    const nanos = BigInt(this.#nowMs) * NANOS_PER_MS;
    const high = Number(nanos >> 32n);
    this.out.varint(0, number * 8 + WIRE_FIXED64);
    this.out.fixed32(Number(nanos & 0xffff_ffffn));
    this.out.fixed32(high);
    this.hasArrivalTimes = true;
    this.times.note(high);
  }
}

function nanosFrom(bytes: Uint8Array, ranges: readonly number[] | undefined): bigint {
  return ranges === undefined
    ? 0n
    : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(ranges.at(-2) ?? 0, true);
}

/** Return the upper half of the time. */
function requireInside(name: string, nanos: bigint, window: TimeWindow): number {
  const timeMs = Number(nanos / NANOS_PER_MS);
  if (timeMs < window.fromMs || timeMs > window.toMs) {
    throw outside(name, timeMs, window);
  }
  return Number(nanos >> 32n);
}

function lastOfOneof(message: Message, fields: Fields): number | undefined {
  return [...fields.keys()].findLast((number) => message.fields[number]?.oneof);
}

/** Concatenate the bytes of these ranges. */
function concatRanges(bytes: Uint8Array, ranges: readonly number[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < ranges.length; at += 2) {
    parts.push(bytes.subarray(ranges[at], ranges[at + 1]));
  }
  return concat(parts);
}
