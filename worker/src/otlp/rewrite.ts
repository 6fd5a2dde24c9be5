/**
 * Writes a scanned OTLP body again in the one form ClickHouse reads right.
 *
 * ClickHouse's input structures cannot be recursive, so array and map values become the text the
 * Collector's exporter would store for them anyway; single messages sent in pieces are merged;
 * of a field that comes twice, and of two members of a oneof, the last stays; numbers are cut to
 * the bits of their type. Unknown fields are left out.
 */
import { anyValueText } from "./anyvalue.ts";
import { type Fields, int64From, readFields } from "./fields.ts";
import {
  ANY_VALUE,
  type Field,
  type Integer,
  type Message,
  TRACE_REQUEST,
  WIRE_LEN,
} from "./schema.ts";

export function rewriteTraces(bytes: Uint8Array): Uint8Array {
  return rewrite(TRACE_REQUEST, bytes);
}

function rewrite(message: Message, bytes: Uint8Array): Uint8Array {
  const fields = readFields(message, bytes);
  return message === ANY_VALUE ? rewriteAnyValue(fields) : rewriteFields(message, fields);
}

function rewriteFields(message: Message, fields: Fields): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [number, values] of fields) {
    const field = message.fields[number];
    if (field === undefined) {
      continue;
    }
    const child = field.message;
    if (child === undefined) {
      parts.push(scalar(number, field, values));
    } else if (field.repeated) {
      for (const value of values) {
        parts.push(entry(number, WIRE_LEN, rewrite(child, value)));
      }
    } else {
      // Protobuf's merge of a message sent in pieces is the pieces back to back.
      parts.push(entry(number, WIRE_LEN, rewrite(child, join(values))));
    }
  }
  return join(parts);
}

const EMPTY = new Uint8Array(0);
const TEXT: Field = { wire: WIRE_LEN };
const STRING_VALUE = 1;
const ARRAY_OR_MAP = new Set([5, 6]);

function rewriteAnyValue(fields: Fields): Uint8Array {
  const last = [...fields].at(-1);
  if (last === undefined) {
    return EMPTY;
  }
  const [number, values] = last;
  if (ARRAY_OR_MAP.has(number)) {
    return entry(STRING_VALUE, WIRE_LEN, new TextEncoder().encode(anyValueText(fields)));
  }
  return scalar(number, ANY_VALUE.fields[number] ?? TEXT, values);
}

/** The last value counts. */
function scalar(number: number, field: Field, values: readonly Uint8Array[]): Uint8Array {
  const last = values[values.length - 1] ?? EMPTY;
  return entry(number, field.wire, field.integer ? integer(field.integer, last) : last);
}

/** Cut to the bits its type has, as generated protobuf code does. */
function integer(type: Integer, bytes: Uint8Array): Uint8Array {
  const value = int64From(bytes);
  if (type === "bool") {
    return Uint8Array.of(value === 0n ? 0 : 1);
  }
  return varint64(BigInt.asUintN(64, type === "int32" ? BigInt.asIntN(32, value) : value));
}

function varint64(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function entry(number: number, wire: number, value: Uint8Array): Uint8Array {
  const head = varint(number * 8 + wire);
  return wire === WIRE_LEN ? join([head, varint(value.length), value]) : join([head, value]);
}

function varint(value: number): Uint8Array {
  return varint64(BigInt(value));
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
