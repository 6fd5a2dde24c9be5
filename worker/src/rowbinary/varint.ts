/** Converts varints of protobuf to UInt64 of RowBinary. */
import { int64From } from "../otlp/fields.ts";
import { EXACT_VARINT_BYTES, shortVarint } from "../otlp/numbers.ts";
import type { RowWriter } from "./writer.ts";

export function writeVarint64(out: RowWriter, bytes: Uint8Array, from: number, end: number): void {
  if (end - from <= EXACT_VARINT_BYTES) {
    const value = shortVarint(bytes, from, end);
    out.uint64(Math.floor(value / 2 ** 32), value % 2 ** 32);
    return;
  }
  const value = BigInt.asUintN(64, int64From(bytes.subarray(from, end)));
  out.uint64(Number(value >> 32n), Number(value & 0xffff_ffffn));
}
