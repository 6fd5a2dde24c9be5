/**
 * Checks whether a body is an OTLP request that ClickHouse can read, in one pass without decoding.
 *
 * It checks every message down to the values of attributes, as ClickHouse does. ClickHouse rejects the
 * whole batch of a body with an invalid length at any level.
 */
import { HttpError } from "../errors.ts";
import {
  MAX_MESSAGES_PER_BODY,
  MAX_PROTOBUF_DEPTH,
  MAX_REPEATED_BYTES,
  MAX_ROWS_PER_BODY,
  REPEATED_MESSAGE_BYTES,
} from "../limits.ts";
import { type TableSet, tableBit } from "../tables/index.ts";
import type { DayRange } from "../time/days.ts";
import type { TimeWindow } from "../time/time_window.ts";
import { highWord, RowTimes } from "./row_times.ts";
import {
  ANY_VALUE,
  type Field,
  isPacked,
  KEY_VALUE,
  type Message,
  REQUESTS,
  type Signal,
  type Type,
  tagNamed,
  tagOf,
  WIRE_FIXED32,
  WIRE_FIXED64,
  WIRE_LEN,
  WIRE_VARINT,
  WIRES,
} from "./schema.ts";

export interface Scan {
  readonly rows: number;
  /** The tables of the signal that get rows. */
  readonly tables: TableSet;
  /**
   * Whether the body must be rewritten before it is stored. One reason is an array or a map as
   * a value. Another is a valid but unusual encoding: a repeated single field, a number with more bits
   * than its type, an unknown field next to the resources. ClickHouse would reject such a body, or
   * read it differently from other programs. The last reason is a row that cannot be stored: an id of
   * an invalid length, a time outside the window or at its edges.
   */
  readonly needsRewrite: boolean;
  /** The days of the rows well inside the window; null if there are none. */
  readonly days: DayRange | null;
  /**
   * The bytes of resources, scopes and metrics that the rows repeat. Each row repeats all of them, so
   * a small body can need gigabytes of memory in ClickHouse.
   */
  readonly repeatedBytes: number;
}

/**
 * Scan a body.
 *
 * @throws HttpError 400 that names the message and the byte, or 413 for too many rows or too many
 *   repeated bytes.
 */
export function scan(signal: Signal, bytes: Uint8Array, window: TimeWindow): Scan {
  const times = new RowTimes(window);
  const scanner = new Scanner(signal.request.name, bytes, times);
  scanner.message(compiled(signal.request), 0, bytes.length, 0);
  const { rows, tables, needsRewrite, repeatedBytes } = scanner;
  if (rows > MAX_ROWS_PER_BODY) {
    throw new HttpError(
      413,
      `${signal.rows.text}: ${rows} in one body; at most ${MAX_ROWS_PER_BODY} are taken`,
    );
  }
  if (repeatedBytes > MAX_REPEATED_BYTES) {
    throw new HttpError(
      413,
      `${signal.rows.text}: ${rows} repeat ${repeatedBytes} bytes of their resource, scope and ` +
        `metric; at most ${MAX_REPEATED_BYTES} are accepted; send fewer in one body, or shorter ` +
        "resource attributes",
    );
  }
  return { rows, tables, needsRewrite, days: times.days(), repeatedBytes };
}

/** The fields of a message in arrays by number. The scan looks up a field for every 10 bytes. */
interface Compiled {
  readonly name: string;
  /** 0 for a message that is not a row. */
  readonly table: TableSet;
  readonly isAny: boolean;
  readonly isRequest: boolean;
  /** Whether the message contains rows, each of which repeats the message's other fields. */
  holdsRows: boolean;
  readonly wires: Int8Array;
  /** The second valid wire type of a repeated number, for values that are not packed. */
  readonly unpackedWires: Int8Array;
  readonly sizes: Int8Array;
  readonly clocks: Uint8Array;
  /** By field: the fields that may not precede it, as bits; 0 for a repeated field. */
  readonly exclusive: Int32Array;
  /** The largest varint that needs no rewriting. */
  readonly highest: Float64Array;
  readonly children: (Compiled | undefined)[];
}

const HIGHEST_FIELD = 31;
const UNKNOWN = -1;
const MAX_TAG = 2 ** 32 - 1;
/** 2^32 seconds in nanoseconds, divided by 2^32. */
const LATE_HIGH_WORD = 1_000_000_000;
/** The role of a time in its message. */
const NO_CLOCK = 0;
/** A time for a column that ends in 2106. */
const COLUMN_CLOCK = 1;
/** The time of the row, and the time that is used if it is absent. */
const ROW_CLOCK = 2;
const SECOND_ROW_CLOCK = 3;
const HIGHEST: Partial<Record<Type, number>> = {
  bool: 1,
  enum: 2 ** 31 - 1,
  int32: 2 ** 31 - 1,
  uint32: 2 ** 32 - 1,
  sint32: 2 ** 32 - 1,
};
const KEY_TAG = tagNamed(KEY_VALUE, "key");
const VALUE_TAG = tagNamed(KEY_VALUE, "value");
const STRING_TAG = tagNamed(ANY_VALUE, "stringValue");
const BOOL_TAG = tagNamed(ANY_VALUE, "boolValue");
const INT_TAG = tagNamed(ANY_VALUE, "intValue");
const DOUBLE_TAG = tagNamed(ANY_VALUE, "doubleValue");
const cache = new Map<Message, Compiled>();

function compiled(message: Message): Compiled {
  const known = cache.get(message);
  if (known !== undefined) {
    return known;
  }
  const table: Compiled = {
    name: message.name,
    table: message.row === undefined ? 0 : tableBit(message.row),
    isAny: message === ANY_VALUE,
    isRequest: REQUESTS.includes(message),
    holdsRows: false,
    wires: new Int8Array(HIGHEST_FIELD + 1).fill(UNKNOWN),
    unpackedWires: new Int8Array(HIGHEST_FIELD + 1).fill(UNKNOWN),
    sizes: new Int8Array(HIGHEST_FIELD + 1).fill(UNKNOWN),
    clocks: new Uint8Array(HIGHEST_FIELD + 1),
    exclusive: new Int32Array(HIGHEST_FIELD + 1),
    highest: new Float64Array(HIGHEST_FIELD + 1).fill(Number.POSITIVE_INFINITY),
    children: new Array<Compiled | undefined>(HIGHEST_FIELD + 1),
  };
  table.clocks.fill(NO_CLOCK);
  cache.set(message, table); // before the children, because AnyValue contains itself
  for (const [number, field] of Object.entries(message.fields)) {
    setField(table, Number(number), field);
    table.clocks[Number(number)] = clockOf(message, Number(number));
    table.exclusive[Number(number)] = exclusiveWith(message, Number(number), field);
  }
  table.holdsRows = table.children.some((child) => child !== undefined && isRowOrHolds(child));
  return table;
}

function isRowOrHolds({ table, holdsRows }: Compiled): boolean {
  return holdsRows || table !== 0;
}

function setField(table: Compiled, number: number, field: Field): void {
  table.wires[number] = tagOf(number, field) & 7;
  table.unpackedWires[number] = isPacked(field) ? WIRES[field.type] : UNKNOWN;
  table.sizes[number] = field.bytes ?? UNKNOWN;
  table.highest[number] = HIGHEST[field.type] ?? Number.POSITIVE_INFINITY;
  table.children[number] = field.message === undefined ? undefined : compiled(field.message);
}

function clockOf({ times = [], fields }: Message, number: number): number {
  const place = times.indexOf(number);
  if (place === -1) {
    return fields[number]?.untilYear2106 ? COLUMN_CLOCK : NO_CLOCK;
  }
  return place === 0 ? ROW_CLOCK : SECOND_ROW_CLOCK;
}

/**
 * In protobuf the last value of a repeated single field counts, the last member of a oneof counts, and
 * packed numbers in two fields are one list. ClickHouse does none of this, so the body is rewritten.
 */
function exclusiveWith(message: Message, number: number, field: Field): number {
  if (field.repeated && !isPacked(field)) {
    return 0;
  }
  const others = field.oneof ? Object.entries(message.fields).filter(([, { oneof }]) => oneof) : [];
  return others.reduce((bits, [other]) => bits | (1 << Number(other)), 1 << number);
}

class Scanner {
  rows = 0;
  tables: TableSet = 0;
  needsRewrite = false;
  repeatedBytes = 0;
  #messages = 0;
  #at = 0;
  #value = 0;
  readonly #request: string;
  readonly #bytes: Uint8Array;
  readonly #times: RowTimes;

  constructor(request: string, bytes: Uint8Array, times: RowTimes) {
    this.#request = request;
    this.#bytes = bytes;
    this.#times = times;
  }

  message(table: Compiled, from: number, end: number, depth: number): void {
    const bytes = this.#bytes;
    this.#enter(table, depth);
    const rowsBefore = this.rows;
    const weightBefore = this.#weightAt(from);
    let rowsWeight = 0;
    let seen = 0;
    let time = 0;
    let secondTime = 0;
    let at = from;
    while (at < end) {
      const start = at;
      let tag = bytes[at++] as number;
      if (tag > 127) {
        tag = this.#varint(table, at - 1, end);
        at = this.#at;
      }
      const number = tag >>> 3;
      const wire = tag & 7;
      const expected = number <= HIGHEST_FIELD ? (table.wires[number] as number) : UNKNOWN;
      if (number === 0 || tag > MAX_TAG || (expected !== UNKNOWN && expected !== wire)) {
        if (number === 0 || tag > MAX_TAG || table.unpackedWires[number] !== wire) {
          throw this.#malformed(table, at, `field ${number} has wire type ${wire}`);
        }
        this.needsRewrite = true;
      }
      if (expected !== UNKNOWN) {
        this.needsRewrite ||= (seen & (table.exclusive[number] as number)) !== 0;
        seen |= 1 << number;
      } else {
        this.needsRewrite ||= table.isRequest;
      }
      if (wire === WIRE_LEN) {
        let length = at < end ? (bytes[at++] as number) : this.#varint(table, at, end);
        if (length > 127) {
          length = this.#varint(table, at - 1, end);
          at = this.#at;
        }
        if (length > end - at) {
          throw this.#malformed(table, at, `field ${number} is longer than its message`);
        }
        if (expected !== UNKNOWN) {
          const child = table.children[number];
          if (child !== undefined) {
            this.needsRewrite ||= table.isAny;
            if (table.holdsRows && isRowOrHolds(child)) {
              const before = this.#weightAt(start);
              this.message(child, at, at + length, depth + 1);
              rowsWeight += this.#weightAt(at + length) - before;
            } else if (
              child !== ATTRIBUTE ||
              !this.#goesOverAttribute(at, at + length, depth + 1)
            ) {
              this.message(child, at, at + length, depth + 1);
            }
          } else if (length !== 0) {
            this.#checkContent(table, number, at, length);
          } else {
            this.needsRewrite ||= table.unpackedWires[number] !== UNKNOWN;
          }
        }
        at += length;
      } else {
        const next = this.#skip(table, wire, at, end);
        if (expected === WIRE_VARINT) {
          this.needsRewrite ||= this.#value > (table.highest[number] as number);
        } else if (expected === WIRE_FIXED64 && table.clocks[number] !== NO_CLOCK) {
          const high = highWord(bytes, at);
          if (table.clocks[number] === ROW_CLOCK) {
            time = high;
            this.needsRewrite ||= high === 0; // absent (0), or a time in 1970
          } else if (table.clocks[number] === SECOND_ROW_CLOCK) {
            secondTime = high;
          } else {
            this.needsRewrite ||= high >= LATE_HIGH_WORD;
          }
        }
        at = next;
      }
    }
    if (table.table !== 0 && !this.#times.accept(time === 0 ? secondTime : time)) {
      this.needsRewrite = true;
    }
    if (table.holdsRows) {
      const ownWeight = this.#weightAt(end) - weightBefore - rowsWeight;
      this.repeatedBytes += (this.rows - rowsBefore) * ownWeight;
    }
  }

  /** Returns the approximate bytes that the part read so far adds to each row. */
  #weightAt(at: number): number {
    return at + REPEATED_MESSAGE_BYTES * this.#messages;
  }

  /**
   * A fast path for usual attributes: a short key, and then one short number or string. Returns false
   * for all other attributes, valid or not, which `message` scans. Most of a request is attributes.
   */
  #goesOverAttribute(from: number, end: number, depth: number): boolean {
    const bytes = this.#bytes;
    const keyLength = bytes[from + 1] as number;
    const value = from + 2 + keyLength;
    const length = bytes[value + 1] as number;
    const isPlain =
      bytes[from] === KEY_TAG &&
      keyLength <= 127 &&
      value < end &&
      bytes[value] === VALUE_TAG &&
      length >= 2 &&
      length <= 127 &&
      value + 2 + length === end &&
      this.#isPlainValue(value + 2, end) &&
      depth < MAX_PROTOBUF_DEPTH &&
      this.#messages + 2 <= MAX_MESSAGES_PER_BODY;
    this.#messages += isPlain ? 2 : 0;
    return isPlain;
  }

  /** Whether the bytes, at least two, are one member of an `AnyValue` that needs no rewriting. */
  #isPlainValue(from: number, end: number): boolean {
    const bytes = this.#bytes;
    switch (bytes[from]) {
      case STRING_TAG:
        return from + 2 + (bytes[from + 1] as number) === end;
      case BOOL_TAG:
        return from + 2 === end && (bytes[from + 1] as number) <= 1;
      case INT_TAG: {
        let at = from + 1;
        while (at < end - 1 && (bytes[at] as number) > 127) {
          at++;
        }
        return at === end - 1 && (bytes[at] as number) <= 127 && end - from < 10;
      }
      case DOUBLE_TAG:
        return from + 9 === end;
      default:
        return false;
    }
  }

  #enter(table: Compiled, depth: number): void {
    if (depth > MAX_PROTOBUF_DEPTH) {
      throw new HttpError(
        400,
        `body: ${table.name} nested ${depth} deep; at most ${MAX_PROTOBUF_DEPTH}`,
      );
    }
    if (++this.#messages > MAX_MESSAGES_PER_BODY) {
      throw new HttpError(
        413,
        `body: over ${MAX_MESSAGES_PER_BODY} messages in one body; send smaller batches`,
      );
    }
    if (table.table !== 0) {
      this.rows++;
      this.tables |= table.table;
    }
  }

  /** Checks ids and packed numbers. Strings may have any bytes. */
  #checkContent(table: Compiled, number: number, at: number, length: number): void {
    const size = table.sizes[number] as number;
    this.needsRewrite ||= size !== UNKNOWN && length !== size;
    const wire = table.unpackedWires[number] as number;
    let next = at;
    while (wire !== UNKNOWN && next < at + length) {
      next = this.#skip(table, wire, next, at + length);
    }
  }

  #skip(table: Compiled, wire: number, at: number, end: number): number {
    let next = at;
    if (wire === WIRE_VARINT) {
      this.#value = this.#varint(table, at, end);
      return this.#at;
    }
    if (wire === WIRE_FIXED64) {
      next = at + 8;
    } else if (wire === WIRE_FIXED32) {
      next = at + 4;
    } else {
      throw this.#malformed(table, at, `wire type ${wire}`);
    }
    if (next > end) {
      throw this.#malformed(table, at, "a fixed number is cut off");
    }
    return next;
  }

  /**
   * Return the varint at `at`. It is exact up to 2^53, which no length or tag may reach.
   *
   * Ten bytes have 70 bits. ClickHouse accepts them only if the last byte is 1, as in 64-bit numbers;
   * other programs cut the extra bits.
   */
  #varint(table: Compiled, at: number, end: number): number {
    let value = 0;
    let factor = 1;
    for (let index = at; index < end && index < at + 10; index++) {
      const byte = this.#bytes[index] as number;
      value += (byte & 127) * factor;
      if (byte < 128) {
        this.needsRewrite ||= index === at + 9 && byte !== 1;
        this.#at = index + 1;
        return value;
      }
      factor *= 128;
    }
    throw this.#malformed(table, at, "a variable-length number does not end");
  }

  #malformed(table: Compiled, at: number, why: string): HttpError {
    return new HttpError(
      400,
      `body: not an OTLP ${this.#request}: ${table.name} at byte ${at}: ${why}`,
    );
  }
}

// Builds the tables when the script starts, not in a request.
const ATTRIBUTE = compiled(KEY_VALUE);
REQUESTS.forEach(compiled);
