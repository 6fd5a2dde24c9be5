/** Rewrites fields without messages: numbers, strings, ids and lists of numbers. */
import { int64From, varintAt } from "./fields.ts";
import type { ProtobufWriter } from "./protobuf_writer.ts";
import { NotStorable } from "./rejected.ts";
import { highWord } from "./row_times.ts";
import { type Field, isPacked, type Type, tagOf, WIRE_LEN, WIRE_VARINT, WIRES } from "./schema.ts";

/** The same value as in `scan`. */
const LATE_HIGH_WORD = 1_000_000_000;
/** A varint of this many bytes has at most 63 bits, and needs no cut to 64. */
const WHOLE_VARINT_BYTES = 9;

/** Write the value in these ranges; for a list of numbers, all values. */
export function writeScalar(
  out: ProtobufWriter,
  number: number,
  field: Field,
  bytes: Uint8Array,
  ranges: readonly number[],
): void {
  if (isPacked(field)) {
    writePacked(out, tagOf(number, field), field, bytes, ranges);
    return;
  }
  const from = ranges.at(-2) ?? 0; // the last value counts
  const end = ranges.at(-1) ?? 0;
  requireStorable(field, bytes, from, end);
  out.varint(0, tagOf(number, field));
  if (WIRES[field.type] === WIRE_VARINT) {
    writeInteger(out, field.type, bytes, from, end);
    return;
  }
  if (WIRES[field.type] === WIRE_LEN) {
    out.varint(0, end - from);
  }
  out.copy(bytes, from, end);
}

function requireStorable(field: Field, bytes: Uint8Array, from: number, end: number): void {
  const { name } = field;
  const length = end - from;
  if (field.bytes !== undefined && length !== 0 && length !== field.bytes) {
    throw new NotStorable(
      "invalid_id",
      `${name} is an id of ${length} bytes, allowed: ${field.bytes}`,
    );
  }
  if (field.untilYear2106 && highWord(bytes, from) >= LATE_HIGH_WORD) {
    throw new NotStorable(
      "too_far_ahead",
      `${name} is after 2106-02-07, the last that can be stored`,
    );
  }
}

/** Write all values as one list, both from packed fields and from values that were sent one by one. */
function writePacked(
  out: ProtobufWriter,
  tag: number,
  field: Field,
  bytes: Uint8Array,
  ranges: readonly number[],
): void {
  const fieldStart = out.length;
  const start = out.open(tag);
  for (let at = 0; at < ranges.length; at += 2) {
    writeNumbers(out, field.type, bytes, ranges[at] ?? 0, ranges[at + 1] ?? 0);
  }
  if (out.length === start + 1) {
    out.length = fieldStart; // ClickHouse accepts an empty list only as an absent field
  } else {
    out.close(start);
  }
}

function writeNumbers(
  out: ProtobufWriter,
  type: Type,
  bytes: Uint8Array,
  from: number,
  end: number,
): void {
  if (WIRES[type] !== WIRE_VARINT) {
    out.copy(bytes, from, end);
    return;
  }
  for (let at = from; at < end; ) {
    const next = varintAt(bytes, at).end;
    writeInteger(out, type, bytes, at, next);
    at = next;
  }
}

/** Cut a number to the bits of its type, as generated protobuf code does. */
function writeInteger(
  out: ProtobufWriter,
  type: Type,
  bytes: Uint8Array,
  from: number,
  end: number,
): void {
  if (isWhole(type, end - from)) {
    out.copy(bytes, from, end);
    return;
  }
  const value = cut(type, int64From(bytes.subarray(from, end)));
  const unsigned = BigInt.asUintN(64, value);
  out.varint(Number(unsigned >> 32n), Number(unsigned & 0xffff_ffffn));
}

/** Whether a varint of this length has no bits beyond its type. A body can have millions. */
function isWhole(type: Type, length: number): boolean {
  const is64 = type === "int64" || type === "uint64";
  return length <= (is64 ? WHOLE_VARINT_BYTES : type === "bool" ? 0 : 1);
}

function cut(type: Type, value: bigint): bigint {
  switch (type) {
    case "bool":
      return value === 0n ? 0n : 1n;
    case "enum":
    case "int32":
      return BigInt.asIntN(32, value);
    case "uint32":
      return BigInt.asUintN(32, value);
    case "sint32":
      return zigzag32(unzigzag32(BigInt.asUintN(64, value)));
    default:
      return value;
  }
}

/** Remove the sign, which is the lowest bit, and then cut, as the Collector does. */
function unzigzag32(value: bigint): bigint {
  return BigInt.asIntN(32, (value >> 1n) ^ -(value & 1n));
}

function zigzag32(value: bigint): bigint {
  return BigInt.asUintN(32, (value << 1n) ^ (value >> 31n));
}
