import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { RecentKeys } from "./recent_keys.ts";

const key = (number: number): string =>
  createHash("sha256").update(String(number)).digest("hex").slice(0, 32);

test("keys are added and removed in order, and the remaining ones are found", () => {
  const keys = new RecentKeys(3_000);
  const model = new Map<string, number>();
  for (let number = 0; number < 20_000; number++) {
    keys.add(key(number), { id: number, atMs: 2 * number });
    model.set(key(number), number);
    while (model.size > 2_500 || (number % 7 === 0 && model.size > 1_500)) {
      const [first, id] = [...model.entries()][0] as [string, number];
      assert.deepEqual(keys.firstRow(), { id, atMs: 2 * id });
      keys.deleteFirst();
      model.delete(first);
      assert.equal(keys.rowOf(first), null);
    }
    assert.equal(keys.size, model.size);
  }
  for (const [each, id] of model) {
    assert.deepEqual(keys.rowOf(each), { id, atMs: 2 * id });
  }
});

test("adding an existing key does not move it", () => {
  const keys = new RecentKeys(10);
  keys.add(key(1), { id: 1, atMs: 1 });
  keys.add(key(1), { id: 2, atMs: 2 });
  assert.equal(keys.size, 1);
  assert.deepEqual(keys.firstRow(), { id: 1, atMs: 1 });
  keys.deleteFirst();
  assert.equal(keys.firstRow(), null);
  assert.equal(keys.rowOf(key(1)), null);
});

test("keys that differ only in their last digit are distinct", () => {
  const keys = new RecentKeys(10);
  keys.add("0".repeat(32), { id: 1, atMs: 1 });
  assert.deepEqual(keys.rowOf("0".repeat(32)), { id: 1, atMs: 1 });
  assert.equal(keys.rowOf(`${"0".repeat(31)}1`), null);
});

test("more keys than expected are kept", () => {
  const keys = new RecentKeys(10);
  for (let number = 0; number < 2_000; number++) {
    keys.add(key(number), { id: number, atMs: 0 });
  }
  for (let number = 0; number < 2_000; number++) {
    assert.equal(keys.rowOf(key(number))?.id, number);
  }
});
