import assert from "node:assert/strict";
import { test } from "node:test";
import { writeVarint64 } from "../rowbinary/varint.ts";
import { RowWriter } from "../rowbinary/writer.ts";
import {
  doubleAt,
  doubleText,
  int32From,
  int64AsDouble,
  int64Text,
  secondsAt,
  sint32From,
} from "./numbers.ts";

/** Return a little-endian 64-bit number that follows one unrelated byte. */
function fixed64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(9);
  new DataView(bytes.buffer).setBigUint64(1, BigInt.asUintN(64, value), true);
  return bytes;
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}

const INT64S = [0n, 1n, 127n, 128n, 2n ** 49n - 1n, 2n ** 49n, 2n ** 63n - 1n, -1n, -(2n ** 63n)];

/** Yields the same numbers in every run, by Knuth's 64-bit generator. */
function* numbers(count: number): Generator<bigint> {
  let state = 1n;
  for (let drawn = 0; drawn < count; drawn++) {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    yield state;
  }
}

test("seconds of nanoseconds are exact up to the last storable one", () => {
  const last = 2n ** 32n * 1_000_000_000n - 1n;
  const drawn = [...numbers(1_000)].map((value) => value % last);
  for (const nanos of [0n, 1n, 999_999_999n, 1_000_000_000n, last, ...drawn]) {
    assert.equal(secondsAt(fixed64(nanos), 1), Number(nanos / 1_000_000_000n));
  }
});

test("integers are printed and stored exactly", () => {
  for (const value of [...INT64S, ...numbers(1_000)].map((each) => BigInt.asIntN(64, each))) {
    const bytes = varint(value);
    assert.equal(int64Text(bytes, 0, bytes.length), value.toString());
    const out = new RowWriter(8);
    writeVarint64(out, bytes, 0, bytes.length);
    assert.deepEqual(out.take(), fixed64(value).subarray(1));
  }
});

test("an integer value becomes the nearest double", () => {
  for (const value of [...INT64S, ...numbers(1_000)].map((each) => BigInt.asIntN(64, each))) {
    assert.equal(int64AsDouble(fixed64(value), 1), Number(value));
  }
});

test("32-bit integers keep their sign, zigzag or not", () => {
  for (const value of [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]) {
    const plain = varint(BigInt(value));
    assert.equal(int32From(plain, 0, plain.length), value);
    const zigzag = varint(BigInt.asUintN(32, BigInt((value << 1) ^ (value >> 31))));
    assert.equal(sint32From(zigzag, 0, zigzag.length), value);
  }
});

test("doubles are printed as Go's encoding/json does", () => {
  const texts: readonly (readonly [number, string])[] = [
    [-0, "-0"],
    [1e21, "1e+21"],
    [1e20, "100000000000000000000"],
    [1e-6, "0.000001"],
    [1.25e-7, "1.25e-7"],
    [5e-324, "5e-324"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
  ];
  for (const [value, text] of texts) {
    const bytes = new Uint8Array(9);
    new DataView(bytes.buffer).setFloat64(1, value, true);
    assert.equal(doubleText(doubleAt(bytes, 1)), text);
  }
});
