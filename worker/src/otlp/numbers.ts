/** Reads numbers of a protobuf message in the forms that RowBinary needs. */
import { int64From } from "./fields.ts";
import { highWord } from "./row_times.ts";

export { highWord };

const NANOS_PER_SECOND = 1_000_000_000;
/** A varint of this many bytes has 49 bits, which a double represents exactly. */
export const EXACT_VARINT_BYTES = 7;

/** Return the lower half of the little-endian 64-bit number at `at`. */
export function lowWord(bytes: Uint8Array, at: number): number {
  return highWord(bytes, at - 4);
}

/** Return the lower 32 bits of a varint, signed. */
export function int32From(bytes: Uint8Array, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < end && at < from + 5; at++) {
    value |= ((bytes[at] as number) & 127) << (7 * (at - from));
  }
  return value;
}

/** Return the lower 32 bits of a zigzag varint, signed. */
export function sint32From(bytes: Uint8Array, from: number, end: number): number {
  const value = int32From(bytes, from, end);
  return (value >>> 1) ^ -(value & 1);
}

/** Print a varint as Go and ClickHouse print an int64. */
export function int64Text(bytes: Uint8Array, from: number, end: number): string {
  return end - from <= EXACT_VARINT_BYTES
    ? String(shortVarint(bytes, from, end))
    : int64From(bytes.subarray(from, end)).toString();
}

export function shortVarint(bytes: Uint8Array, from: number, end: number): number {
  let value = 0;
  let factor = 1;
  for (let at = from; at < end; at++) {
    value += ((bytes[at] as number) & 127) * factor;
    factor *= 128;
  }
  return value;
}

export function doubleAt(bytes: Uint8Array, at: number): number {
  scratch.setUint32(0, lowWord(bytes, at), true);
  scratch.setUint32(4, highWord(bytes, at), true);
  return scratch.getFloat64(0, true);
}

const scratch = new DataView(new ArrayBuffer(8));

/** Return a signed 64-bit number as the nearest double, rounded like `toFloat64`. */
export function int64AsDouble(bytes: Uint8Array, at: number): number {
  return (highWord(bytes, at) | 0) * 2 ** 32 + lowWord(bytes, at);
}

/**
 * Print a double as Go's `encoding/json` does, and `goDouble` of `tables/otlp.ts` in SQL: the shortest
 * digits that parse to the same number, with an exponent below 1e-6 and from 1e21 on. ECMAScript's
 * Number::toString does the same, except for the sign of zero.
 */
export function doubleText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/**
 * Return the whole seconds of the nanoseconds at `at`, which are before 2106 (`otlp/rewrite.ts`).
 *
 * This is a long division, because a double holds only 53 of the 62 bits, and a BigInt for each
 * point is slow.
 */
export function secondsAt(bytes: Uint8Array, at: number): number {
  const low = lowWord(bytes, at);
  const middle = (highWord(bytes, at) % NANOS_PER_SECOND) * 65_536 + (low >>> 16);
  const upper = Math.floor(middle / NANOS_PER_SECOND);
  const rest = (middle - upper * NANOS_PER_SECOND) * 65_536 + (low & 65_535);
  return upper * 65_536 + Math.floor(rest / NANOS_PER_SECOND);
}
