/** A protobuf message taken apart, one level; for bodies that `scan` has found well-formed. */
import { type Message, WIRE_FIXED64, WIRE_LEN, WIRE_VARINT } from "./schema.ts";

/**
 * Known fields by number, each with all its values: contents of length-delimited ones, else the
 * bytes as they are on the wire. The field that came last on the wire is last in the map.
 */
export type Fields = Map<number, Uint8Array[]>;

export function readFields(message: Message, bytes: Uint8Array): Fields {
  const fields: Fields = new Map();
  let at = 0;
  while (at < bytes.length) {
    const tag = varintAt(bytes, at);
    const number = Math.floor(tag.value / 8);
    const wire = tag.value % 8;
    const from = wire === WIRE_LEN ? varintAt(bytes, tag.end).end : tag.end;
    const end = valueEnd(bytes, tag.end, wire);
    if (message.fields[number] !== undefined) {
      const values = fields.get(number) ?? [];
      fields.delete(number); // to the end of the map's order
      fields.set(number, values);
      values.push(bytes.subarray(from, end));
    }
    at = end;
  }
  return fields;
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

/** A varint as the signed 64-bit number it stands for. */
export function int64From(bytes: Uint8Array): bigint {
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 127) << shift;
    shift += 7n;
  }
  return BigInt.asIntN(64, value);
}

export function doubleFrom(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(0, true);
}

/** Of a number below 2^32. */
export function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}
