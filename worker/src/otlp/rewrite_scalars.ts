/** Fields of a rewritten message that hold no message: numbers, strings, ids and lists of numbers. */
import { int64From, varintAt } from "./fields.ts";
import type { ProtobufWriter } from "./protobuf_writer.ts";
import { NotStorable } from "./rejected.ts";
import { highWord } from "./row_times.ts";
import { type Field, isPacked, type Type, tagOf, WIRE_LEN, WIRE_VARINT, WIRES } from "./schema.ts";

/** As in `scan`. */
const LATE_HIGH_WORD = 1_000_000_000;
/** Of a varint: so many have at most 63 bits, and need no cut to 64. */
const WHOLE_VARINT_BYTES = 9;

/** Write the value or, of a list of numbers, the values in these ranges. */
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

/** All values, those of other packed fields and those that came one by one, are one list. */
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
    out.length = fieldStart; // ClickHouse takes a list of no numbers only if the field is absent
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

/** Cut to the bits its type has, as generated protobuf code does. */
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

/** Whether a varint of so many bytes has no bits beyond its type's. A body can have millions. */
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

/** Cut after the sign, the lowest bit, was taken off: as the Collector does. */
function unzigzag32(value: bigint): bigint {
  return BigInt.asIntN(32, (value >> 1n) ^ -(value & 1n));
}

function zigzag32(value: bigint): bigint {
  return BigInt.asUintN(32, (value << 1n) ^ (value >> 31n));
}
