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
  const pace = new InsertBackpressure();
  times(20, () => pace.applied(1));
  assert.deepEqual(pace.bounds(), FREE);
  assert.equal(pace.insertsInFlight(), INSERTS_IN_FLIGHT);
});

test("too many parts: rarer and so fuller, one at a time, and back step by step", () => {
  const pace = new InsertBackpressure();
  pace.tooManyParts();
  pace.tooManyParts();
  assert.deepEqual(pace.bounds(), { ...FREE, ageMs: 4 * BATCH_AGE_MS });
  assert.equal(pace.insertsInFlight(), 1);
  times(2, () => pace.applied(1));
  assert.equal(pace.bounds().ageMs, 2 * BATCH_AGE_MS);
  pace.applied(1);
  assert.deepEqual(pace.bounds(), FREE);
  assert.equal(pace.insertsInFlight(), INSERTS_IN_FLIGHT);
});

test("inserts get no rarer than one in so many seconds", () => {
  const pace = new InsertBackpressure();
  times(20, () => pace.tooManyParts());
  assert.equal(pace.bounds().ageMs, BATCH_MAX_AGE_MS);
});

test("out of memory: half of what failed until that is through, then back step by step", () => {
  const pace = new InsertBackpressure();
  pace.outOfMemory(7, BATCH_RAW_BYTES);
  times(20, () => pace.applied(8));
  assert.equal(pace.bounds().rawBytes, BATCH_RAW_BYTES / 2);
  assert.equal(pace.bounds().rows, BATCH_ROWS / 2);
  assert.equal(pace.insertsInFlight(), 1);
  pace.outOfMemory(7, BATCH_RAW_BYTES);
  times(4, () => pace.applied(7));
  assert.deepEqual(pace.bounds(), FREE);
  assert.equal(pace.insertsInFlight(), INSERTS_IN_FLIGHT);
});

test("the same batch that fails again halves nothing more, a smaller one does", () => {
  const pace = new InsertBackpressure();
  times(5, () => pace.outOfMemory(7, BATCH_RAW_BYTES));
  assert.equal(pace.bounds().rawBytes, BATCH_RAW_BYTES / 2);
  pace.outOfMemory(8, BATCH_RAW_BYTES / 2);
  assert.equal(pace.bounds().rawBytes, BATCH_RAW_BYTES / 4);
});

test("batches do not shrink to nothing", () => {
  const pace = new InsertBackpressure();
  pace.outOfMemory(7, 10);
  assert.equal(pace.bounds().rawBytes, BATCH_MIN_RAW_BYTES);
  assert.ok(pace.bounds().rows > 1_000);
});

test("a batch for several tables suits the worst off", () => {
  const crowded = new InsertBackpressure();
  const short = new InsertBackpressure();
  crowded.tooManyParts();
  short.outOfMemory(7, 4 * BATCH_MIN_RAW_BYTES);
  assert.deepEqual(
    strictest([new InsertBackpressure(), crowded, short].map((pace) => pace.bounds())),
    {
      rawBytes: 2 * BATCH_MIN_RAW_BYTES,
      rows: short.bounds().rows,
      repeatedBytes: short.bounds().repeatedBytes,
      ageMs: 2 * BATCH_AGE_MS,
    },
  );
});
