import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BATCH_AGE_MS,
  BATCH_MAX_AGE_MS,
  BATCH_MIN_RAW_BYTES,
  BATCH_RAW_BYTES,
  BATCH_REPEATED_BYTES,
  BATCH_ROWS,
  INSERTS_IN_FLIGHT,
} from "../limits.ts";
import { InsertBackpressure, strictest } from "./insert_backpressure.ts";

const FREE = {
  rawBytes: BATCH_RAW_BYTES,
  rows: BATCH_ROWS,
  repeatedBytes: BATCH_REPEATED_BYTES,
  ageMs: BATCH_AGE_MS,
};

function times(count: number, act: () => void): void {
  for (let index = 0; index < count; index++) {
    act();
  }
}

test("as long as all is well, successes change nothing", () => {
  const backpressure = new InsertBackpressure();
  times(20, () => backpressure.applied(1));
  assert.deepEqual(backpressure.bounds(), FREE);
  assert.equal(backpressure.insertsInFlight(), INSERTS_IN_FLIGHT);
});

test("too many parts: rarer and so fuller, one at a time, and back step by step", () => {
  const backpressure = new InsertBackpressure();
  backpressure.tooManyParts();
  backpressure.tooManyParts();
  assert.deepEqual(backpressure.bounds(), { ...FREE, ageMs: 4 * BATCH_AGE_MS });
  assert.equal(backpressure.insertsInFlight(), 1);
  times(2, () => backpressure.applied(1));
  assert.equal(backpressure.bounds().ageMs, 2 * BATCH_AGE_MS);
  backpressure.applied(1);
  assert.deepEqual(backpressure.bounds(), FREE);
  assert.equal(backpressure.insertsInFlight(), INSERTS_IN_FLIGHT);
});

test("inserts get no rarer than one in so many seconds", () => {
  const backpressure = new InsertBackpressure();
  times(20, () => backpressure.tooManyParts());
  assert.equal(backpressure.bounds().ageMs, BATCH_MAX_AGE_MS);
});

test("out of memory: half of what failed until that is through, then back step by step", () => {
  const backpressure = new InsertBackpressure();
  backpressure.outOfMemory(7, BATCH_RAW_BYTES);
  times(20, () => backpressure.applied(8));
  assert.equal(backpressure.bounds().rawBytes, BATCH_RAW_BYTES / 2);
  assert.equal(backpressure.bounds().rows, BATCH_ROWS / 2);
  assert.equal(backpressure.insertsInFlight(), 1);
  backpressure.outOfMemory(7, BATCH_RAW_BYTES);
  times(4, () => backpressure.applied(7));
  assert.deepEqual(backpressure.bounds(), FREE);
  assert.equal(backpressure.insertsInFlight(), INSERTS_IN_FLIGHT);
});

test("the same batch that fails again halves nothing more, a smaller one does", () => {
  const backpressure = new InsertBackpressure();
  times(5, () => backpressure.outOfMemory(7, BATCH_RAW_BYTES));
  assert.equal(backpressure.bounds().rawBytes, BATCH_RAW_BYTES / 2);
  backpressure.outOfMemory(8, BATCH_RAW_BYTES / 2);
  assert.equal(backpressure.bounds().rawBytes, BATCH_RAW_BYTES / 4);
});

test("batches do not shrink to nothing", () => {
  const backpressure = new InsertBackpressure();
  backpressure.outOfMemory(7, 10);
  assert.equal(backpressure.bounds().rawBytes, BATCH_MIN_RAW_BYTES);
  assert.ok(backpressure.bounds().rows > 1_000);
});

test("a batch for several tables suits the worst off", () => {
  const crowded = new InsertBackpressure();
  const short = new InsertBackpressure();
  crowded.tooManyParts();
  short.outOfMemory(7, 4 * BATCH_MIN_RAW_BYTES);
  assert.deepEqual(
    strictest(
      [new InsertBackpressure(), crowded, short].map((backpressure) => backpressure.bounds()),
    ),
    {
      rawBytes: 2 * BATCH_MIN_RAW_BYTES,
      rows: short.bounds().rows,
      repeatedBytes: short.bounds().repeatedBytes,
      ageMs: 2 * BATCH_AGE_MS,
    },
  );
});
