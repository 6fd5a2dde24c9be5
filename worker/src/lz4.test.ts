import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { concat } from "./body.ts";
import { compress, decompress } from "./lz4.ts";

/** Bytes that a seed gives: noise, runs, and pieces of what came before. */
function bytesFrom(seed: number, length: number): Uint8Array {
  const noise = createHash("shake256", { outputLength: length + 16 * 1024 })
    .update(String(seed))
    .digest();
  const bytes = new Uint8Array(length);
  for (let at = 0, draw = length; at < length; draw += 6) {
    const kind = noise[draw % noise.length] ?? 0;
    const size = Math.min(length - at, 1 + (noise.readUInt16LE((draw + 1) % length) % 700));
    if (kind < 80 || at === 0) {
      bytes.set(noise.subarray(at, at + size), at);
    } else if (kind < 120) {
      bytes.fill(kind, at, at + size);
    } else {
      const from = noise.readUInt16LE((draw + 3) % length) % at;
      bytes.copyWithin(at, from, Math.min(from + size, at));
    }
    at += size;
  }
  return bytes;
}

test("what was compressed comes back, whatever its length", () => {
  for (let length = 0; length < 400; length++) {
    const raw = new Uint8Array(length).map((_, index) => (index * index) % 7);
    assert.deepEqual(decompress(compress(raw)), raw, `${length} bytes`);
  }
});

test("what was compressed comes back, whatever it is", () => {
  for (let seed = 0; seed < 300; seed++) {
    const raw = bytesFrom(seed, 64 + seed * 411);
    assert.deepEqual(decompress(compress(raw)), raw, `seed ${seed}`);
  }
});

test("matches over the largest distance there is", () => {
  for (const gap of [65_534, 65_535, 65_536, 65_537]) {
    const piece = bytesFrom(1, 200);
    const raw = concat([piece, bytesFrom(gap, gap - 200), piece, new Uint8Array(20)], gap + 220);
    assert.deepEqual(decompress(compress(raw)), raw, `${gap} bytes apart`);
  }
});

test("long runs, and noise that cannot become smaller", () => {
  const run = new Uint8Array(3_000_000);
  assert.ok(compress(run).byteLength < 12_000);
  assert.deepEqual(decompress(compress(run)), run);
  const noise = new Uint8Array(
    createHash("shake256", { outputLength: 2_000_000 }).update("noise").digest(),
  );
  assert.ok(compress(noise).byteLength < 2_000_000 * 1.005);
  assert.deepEqual(decompress(compress(noise)), noise);
});

test("frames concatenate, and what came before changes no byte", () => {
  const [first, second] = [bytesFrom(7, 5_000), bytesFrom(8, 9_000)];
  const frames = [compress(first), compress(second)];
  const both = concat(
    frames,
    frames.reduce((sum, { byteLength }) => sum + byteLength, 0),
  );
  assert.deepEqual(decompress(both), concat([first, second], 14_000));
  assert.deepEqual(compress(first), frames[0]);
});

test("a body that is a part of a larger buffer", () => {
  const whole = bytesFrom(9, 20_000);
  assert.deepEqual(decompress(compress(whole.subarray(333, 15_001))), whole.slice(333, 15_001));
});
