/**
 * Writes a scanned OTLP body again in the one form ClickHouse reads right.
 *
 * ClickHouse's input structures cannot be recursive, so array and map values become the text the
 * Collector's exporter would store for them anyway; single messages sent in pieces are merged;
 * of a field that comes twice, and of two members of a oneof, the last stays; numbers are cut to
 * the bits of their type. Unknown fields are left out, and so are rows that cannot be stored and
 * exemplars that cannot.
 */
import type { DayRange } from "../days.ts";
import type { TimeWindow } from "../time_window.ts";
import { anyValueText } from "./anyvalue.ts";
import { type Fields, int64From, readFields, varint, varintAt } from "./fields.ts";
import { NotStorable, outside, type Rejected, Rejections } from "./rejected.ts";
import { highWord, RowTimes } from "./row_times.ts";
import {
  ANY_VALUE,
  type Field,
  isPacked,
  type Message,
  type Signal,
  type Type,
  WIRE_LEN,
  WIRE_VARINT,
  WIRES,
} from "./schema.ts";

export interface Rewritten {
  readonly bytes: Uint8Array;
  /** Rows it still has: `scan` also counts those of a oneof's member that another one replaced. */
  readonly rows: number;
  /** Of those rows; null if there are none. */
  readonly days: DayRange | null;
  readonly rejected: Rejected;
  /** Whether a log record got the time of its arrival. */
  readonly hasArrivalTimes: boolean;
}

/**
 * Args:
 *   nowMs: given to log records that have no time.
 */
export function rewrite(
  signal: Signal,
  bytes: Uint8Array,
  window: TimeWindow,
  nowMs: number,
): Rewritten {
  const rewriter = new Rewriter(window, nowMs);
  const rewritten = rewriter.message(signal.request, bytes);
  const { rows, times, rejections, hasArrivalTimes } = rewriter;
  const rejected = rejections.rejected();
  return { bytes: rewritten, rows, days: times.days(), rejected, hasArrivalTimes };
}

const NANOS_PER_MS = 1_000_000n;
const EMPTY = new Uint8Array(0);
const TEXT: Field = { name: "stringValue", type: "text" };
const STRING_VALUE = 1;
const ARRAY_OR_MAP = new Set([5, 6]);
/** As in `scan`. */
const LATE_HIGH_WORD = 1_000_000_000;

class Rewriter {
  rows = 0;
  hasArrivalTimes = false;
  readonly times: RowTimes;
  readonly rejections = new Rejections();
  readonly #window: TimeWindow;
  readonly #nowMs: number;

  constructor(window: TimeWindow, nowMs: number) {
    this.times = new RowTimes(window);
    this.#window = window;
    this.#nowMs = nowMs;
  }

  message(message: Message, bytes: Uint8Array): Uint8Array {
    const fields = readFields(message, bytes);
    if (message.times !== undefined) {
      this.#requireTime(message, message.times, fields);
    }
    return message === ANY_VALUE ? rewriteAnyValue(fields) : this.#fields(message, fields);
  }

  #fields(message: Message, fields: Fields): Uint8Array {
    const parts: Uint8Array[] = [];
    const chosen = lastOfOneof(message, fields);
    for (const [number, values] of fields) {
      const field = message.fields[number];
      if (field === undefined || (field.oneof && number !== chosen)) {
        continue;
      }
      const child = field.message;
      if (child === undefined) {
        parts.push(isPacked(field) ? packed(number, field, values) : single(number, field, values));
      } else if (field.repeated) {
        for (const value of values) {
          parts.push(this.#repeated(number, child, value));
        }
      } else {
        // Protobuf's merge of a message sent in pieces is the pieces back to back; the Collector
        // lets a member of a oneof start anew.
        const value = field.oneof ? lastOf(values) : join(values);
        parts.push(entry(number, WIRE_LEN, this.message(child, value)));
      }
    }
    return join(parts);
  }

  #repeated(number: number, child: Message, value: Uint8Array): Uint8Array {
    try {
      const rewritten = entry(number, WIRE_LEN, this.message(child, value));
      this.rows += child.row === undefined ? 0 : 1;
      return rewritten;
    } catch (error) {
      if (!(error instanceof NotStorable)) {
        throw error;
      }
      this.#leaveOut(child, error);
      return EMPTY;
    }
  }

  #leaveOut(child: Message, error: NotStorable): void {
    if (child.row !== undefined) {
      this.rejections.row(child.name, error);
    } else if (child.droppable) {
      this.rejections.exemplar(child.name, error);
    } else {
      throw error; // to the row that it belongs to
    }
  }

  /** The first of the fields that is set counts, as in the statement of the row's table. */
  #requireTime(message: Message, times: readonly number[], fields: Fields): void {
    const number = times.find((each) => nanosFrom(fields.get(each)) !== 0n);
    const name = message.fields[number ?? times[0] ?? 0]?.name ?? "";
    if (number !== undefined) {
      const high = requireInside(name, nanosFrom(fields.get(number)), this.#window);
      this.times.note(high);
      return;
    }
    const [, observed] = times;
    if (observed === undefined) {
      throw new NotStorable("no_time", `${name} is missing`);
    }
    // As the collecting system does where the sender did not:
    // https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-observedtimestamp
    const arrival = fixed64(BigInt(this.#nowMs) * NANOS_PER_MS);
    fields.set(observed, [arrival]);
    this.hasArrivalTimes = true;
    this.times.note(highWord(arrival, 0));
  }
}

function nanosFrom(values: readonly Uint8Array[] | undefined): bigint {
  const last = values?.at(-1);
  return last === undefined
    ? 0n
    : new DataView(last.buffer, last.byteOffset, last.byteLength).getBigUint64(0, true);
}

function fixed64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

/** Upper half of the time. */
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

function rewriteAnyValue(fields: Fields): Uint8Array {
  const last = [...fields].at(-1);
  if (last === undefined) {
    return EMPTY;
  }
  const [number, values] = last;
  if (ARRAY_OR_MAP.has(number)) {
    return entry(STRING_VALUE, WIRE_LEN, new TextEncoder().encode(anyValueText(fields)));
  }
  return single(number, ANY_VALUE.fields[number] ?? TEXT, values);
}

/** The last value counts. */
function single(number: number, field: Field, values: readonly Uint8Array[]): Uint8Array {
  const last = lastOf(values);
  const { name, type, bytes } = field;
  if (bytes !== undefined && last.length !== 0 && last.length !== bytes) {
    throw new NotStorable(
      "invalid_id",
      `${name} is an id of ${last.length} bytes, allowed: ${bytes}`,
    );
  }
  if (field.untilYear2106 && highWord(last, 0) >= LATE_HIGH_WORD) {
    throw new NotStorable(
      "too_far_ahead",
      `${name} is after 2106-02-07, the last that can be stored`,
    );
  }
  return entry(number, WIRES[type], WIRES[type] === WIRE_VARINT ? integer(type, last) : last);
}

/** All values, those of other packed fields and those that came one by one, are one list. */
function packed(number: number, field: Field, values: readonly Uint8Array[]): Uint8Array {
  const whole = join(values);
  if (whole.length === 0) {
    return EMPTY; // ClickHouse takes a list of no numbers only if the field is not there at all
  }
  if (WIRES[field.type] !== WIRE_VARINT) {
    return entry(number, WIRE_LEN, whole);
  }
  const parts: Uint8Array[] = [];
  for (let at = 0; at < whole.length; ) {
    const { end } = varintAt(whole, at);
    parts.push(integer(field.type, whole.subarray(at, end)));
    at = end;
  }
  return entry(number, WIRE_LEN, join(parts));
}

/** Cut to the bits its type has, as generated protobuf code does. */
function integer(type: Type, bytes: Uint8Array): Uint8Array {
  const value = int64From(bytes);
  switch (type) {
    case "bool":
      return Uint8Array.of(value === 0n ? 0 : 1);
    case "enum":
    case "int32":
      return varint64(BigInt.asIntN(32, value));
    case "uint32":
      return varint64(BigInt.asUintN(32, value));
    case "sint32":
      return varint64(zigzag32(unzigzag32(BigInt.asUintN(64, value))));
    default:
      return varint64(value);
  }
}

/** Cut after the sign, the lowest bit, was taken off: as the Collector does. */
function unzigzag32(value: bigint): bigint {
  return BigInt.asIntN(32, (value >> 1n) ^ -(value & 1n));
}

function zigzag32(value: bigint): bigint {
  return BigInt.asUintN(32, (value << 1n) ^ (value >> 31n));
}

function varint64(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function entry(number: number, wire: number, value: Uint8Array): Uint8Array {
  const length = wire === WIRE_LEN ? varint(value.length) : [];
  return join([Uint8Array.from([...varint(number * 8 + wire), ...length]), value]);
}

function lastOf(values: readonly Uint8Array[]): Uint8Array {
  return values[values.length - 1] ?? EMPTY;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  let total = 0;
  for (const part of parts) {
    total += part.length;
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
