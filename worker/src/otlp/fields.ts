/** Splits a protobuf message into its fields, one level deep. `scan` must have checked the body. */
import { type Message, WIRE_FIXED64, WIRE_LEN, WIRE_VARINT } from "./schema.ts";

/**
 * Known fields by number, each with the ranges of all its values: start, end, next start and so on. A
 * body can have millions of values, and an object for each used 1 GB. The last field of the message is
 * the last in the map.
 */
export type Fields = Map<number, number[]>;

export function readFields(message: Message, bytes: Uint8Array, from: number, end: number): Fields {
  const fields: Fields = new Map();
  let last: number | undefined;
  eachField(message, bytes, from, end, (number, valueFrom, valueEnd) => {
    let ranges = fields.get(number);
    if (ranges === undefined) {
      ranges = [];
      fields.set(number, ranges);
    } else if (number !== last) {
      fields.delete(number); // moves it to the end of the map
      fields.set(number, ranges);
    }
    ranges.push(valueFrom, valueEnd);
    last = number;
  });
  return fields;
}

/**
 * Call `visit` for each known field in the order of the message, with the range of its value: the
 * content of a length-delimited field, otherwise the encoded bytes.
 */
export function eachField(
  message: Message,
  bytes: Uint8Array,
  from: number,
  end: number,
  visit: (number: number, from: number, end: number) => void,
): void {
  let at = from;
  while (at < end) {
    const tag = varintAt(bytes, at);
    const number = Math.floor(tag.value / 8);
    const wire = tag.value % 8;
    const valueFrom = wire === WIRE_LEN ? varintAt(bytes, tag.end).end : tag.end;
    at = valueEnd(bytes, tag.end, wire);
    if (message.fields[number] !== undefined) {
      visit(number, valueFrom, at);
    }
  }
}

function valueEnd(bytes: Uint8Array, at: number, wire: number): number {
  if (wire === WIRE_LEN) {
    const length = varintAt(bytes, at);
    return length.end + length.value;
  }
  if (wire === WIRE_VARINT) {
    return varintAt(bytes, at).end;
  }
  return at + (wire === WIRE_FIXED64 ? 8 : 4);
}

export function varintAt(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  let factor = 1;
  let end = at;
  for (;;) {
    const byte = bytes[end++] ?? 0;
    value += (byte & 127) * factor;
    if (byte < 128) {
      return { value, end };
    }
    factor *= 128;
  }
}

/** Return a varint as a signed 64-bit number. */
export function int64From(bytes: Uint8Array): bigint {
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 127) << shift;
    shift += 7n;
  }
  return BigInt.asIntN(64, value);
}

/** Encode a number below 2^32. */
export function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}
