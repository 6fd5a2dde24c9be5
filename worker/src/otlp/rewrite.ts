/**
 * Writes a scanned OTLP body again in the one form ClickHouse reads right.
 *
 * ClickHouse's input structures cannot be recursive, so array and map values become the text the
 * Collector's exporter would store for them anyway; single messages sent in pieces are merged;
 * of a field that comes twice, and of two members of a oneof, the last stays; numbers are cut to
 * the bits of their type. Unknown fields are left out, and so are rows that cannot be stored.
 */
import { anyValueText } from "./anyvalue.ts";
import { type Fields, int64From, readFields, varint, varintAt } from "./fields.ts";
import { highWord } from "./scan.ts";
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
  /** Rows left out. */
  readonly rejected: number;
  /** Why the first of them was; null if none was. */
  readonly reason: string | null;
}

export function rewrite(signal: Signal, bytes: Uint8Array): Rewritten {
  const rewriter = new Rewriter();
  const rewritten = rewriter.message(signal.request, bytes);
  const { rows, rejected, reason } = rewriter;
  return { bytes: rewritten, rows, rejected, reason };
}

/** Thrown inside a row, caught where the row is left out. */
class NotStorable extends Error {}

const EMPTY = new Uint8Array(0);
const TEXT: Field = { name: "stringValue", type: "text" };
const STRING_VALUE = 1;
const ARRAY_OR_MAP = new Set([5, 6]);
/** As in `scan`. */
const LATE_HIGH_WORD = 1_000_000_000;

class Rewriter {
  rows = 0;
  rejected = 0;
  reason: string | null = null;

  message(message: Message, bytes: Uint8Array): Uint8Array {
    const fields = readFields(message, bytes);
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
      if (child.row === undefined || !(error instanceof NotStorable)) {
        throw error;
      }
      this.rejected++;
      this.reason ??= `${child.name}: ${error.message}`;
      return EMPTY;
    }
  }
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
    throw new NotStorable(`${name} is an id of ${last.length} bytes, allowed: ${bytes}`);
  }
  if (field.untilYear2106 && highWord(last, 0) >= LATE_HIGH_WORD) {
    throw new NotStorable(`${name} is after 2106-02-07, the last that can be stored`);
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
