import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_RATE_KEYS } from "../limits.ts";
import { RateLimits } from "./rate.ts";

test("a second's worth at once, then one at a time", () => {
  const limits = new RateLimits();
  const take = (nowMs: number): number => limits.take("shop", 2, nowMs);
  assert.deepEqual([take(0), take(0), take(0)], [0, 0, 1]);
  assert.deepEqual([take(499), take(500), take(500)], [1, 0, 1]);
  assert.deepEqual([take(10_500), take(10_500), take(10_500)], [0, 0, 1]);
});

test("below one a second: the wait is told in whole seconds", () => {
  const limits = new RateLimits();
  assert.equal(limits.take("cli", 0.01, 0), 0);
  assert.equal(limits.take("cli", 0.01, 0), 100);
  assert.equal(limits.take("cli", 0.01, 98_500), 2);
  assert.equal(limits.take("cli", 0.01, 100_000), 0);
});

test("each key has its own", () => {
  const limits = new RateLimits();
  assert.deepEqual(
    [limits.take("a", 1, 0), limits.take("b", 1, 0), limits.take("a", 1, 0)],
    [0, 0, 1],
  );
});

test("a clock set back neither gives nor takes", () => {
  const limits = new RateLimits();
  assert.deepEqual([limits.take("a", 1, 5_000), limits.take("a", 1, 0)], [0, 1]);
  assert.equal(limits.take("a", 1, 1_000), 0);
});

test("of too many keys the longest unused is forgotten", () => {
  const limits = new RateLimits();
  for (let key = 0; key <= MAX_RATE_KEYS; key++) {
    limits.take(`k${key}`, 1, 0);
  }
  assert.equal(limits.take(`k${MAX_RATE_KEYS}`, 1, 0), 1);
  assert.equal(limits.take("k0", 1, 0), 0);
});

test("more than a second's worth at once, where that is asked for", () => {
  const limits = new RateLimits(2);
  const take = (nowMs: number): number => limits.take("shop", 2, nowMs);
  assert.deepEqual([take(0), take(0), take(0), take(0), take(0)], [0, 0, 0, 0, 1]);
  assert.deepEqual([take(500), take(500)], [0, 1]);
});
