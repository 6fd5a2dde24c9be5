/**
 * Writes a scanned OTLP body again in the one form ClickHouse reads right.
 *
 * ClickHouse's input structures cannot be recursive, so array and map values become the text the
 * Collector's exporter would store for them anyway; single messages sent in pieces are merged;
 * of two members of a oneof the last stays. Unknown fields are left out.
 */
import { anyValueText } from "./anyvalue.ts";
import { type Fields, readFields } from "./fields.ts";
import { ANY_VALUE, type Message, TRACE_REQUEST, WIRE_LEN } from "./schema.ts";

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
      parts.push(entry(number, field.wire, values[values.length - 1] ?? EMPTY));
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
  const wire = ANY_VALUE.fields[number]?.wire ?? WIRE_LEN;
  return entry(number, wire, values[values.length - 1] ?? EMPTY);
}

function entry(number: number, wire: number, value: Uint8Array): Uint8Array {
  const head = varint(number * 8 + wire);
  return wire === WIRE_LEN ? join([head, varint(value.length), value]) : join([head, value]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
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
