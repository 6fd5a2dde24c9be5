import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_RATE_KEYS } from "../limits.ts";
import { type Rate, RateLimits } from "./rate.ts";

function requests(key: string, perSecond: number): Rate {
  return { key, unit: "requests", perSecond };
}

function rowsOf(key: string, perSecond: number): Rate {
  return { key, unit: "rows", perSecond };
}

/** Return the seconds until the request is allowed; 0 if it is allowed now. */
function wait(limits: RateLimits, rates: readonly Rate[], rows: number, nowMs: number): number {
  return limits.take(rates, rows, nowMs)?.retryAfterSeconds ?? 0;
}

test("a burst may have the requests of a second, then they are limited to the rate", () => {
  const limits = new RateLimits();
  const take = (nowMs: number): number => wait(limits, [requests("shop", 2)], 1, nowMs);
  assert.deepEqual([take(0), take(0), take(0)], [0, 0, 1]);
  assert.deepEqual([take(499), take(500), take(500)], [1, 0, 1]);
  assert.deepEqual([take(10_500), take(10_500), take(10_500)], [0, 0, 1]);
});

test("a rate below one per second returns its wait in whole seconds", () => {
  const limits = new RateLimits();
  const take = (nowMs: number): number => wait(limits, [requests("cli", 0.01)], 1, nowMs);
  assert.deepEqual([take(0), take(0), take(98_500), take(100_000)], [0, 100, 2, 0]);
});

test("each key is counted separately", () => {
  const limits = new RateLimits();
  const take = (key: string): number => wait(limits, [requests(key, 1)], 1, 0);
  assert.deepEqual([take("a"), take("b"), take("a")], [0, 0, 1]);
});

test("a body with many rows is accepted whole, and the next one waits for them", () => {
  const limits = new RateLimits();
  const take = (rows: number, nowMs: number): number =>
    wait(limits, [rowsOf("cli", 10)], rows, nowMs);
  assert.equal(take(100, 0), 0);
  assert.equal(take(1, 0), 10);
  assert.equal(take(1, 9_000), 1);
  assert.equal(take(1, 9_100), 0);
});

test("a request is counted against all of its rates or against none", () => {
  const limits = new RateLimits();
  const total = rowsOf("all", 1);
  assert.equal(wait(limits, [requests("a", 1), total], 5, 0), 0);
  assert.deepEqual(limits.take([requests("b", 1), total], 1, 0), {
    rate: total,
    retryAfterSeconds: 5,
  });
  assert.equal(wait(limits, [requests("b", 1)], 1, 0), 0);
});

test("a clock that was set back changes no count", () => {
  const limits = new RateLimits();
  const take = (nowMs: number): number => wait(limits, [requests("a", 1)], 1, nowMs);
  assert.deepEqual([take(5_000), take(0), take(1_000)], [0, 1, 0]);
});

test("with too many keys, the least recently used is dropped", () => {
  const limits = new RateLimits();
  for (let key = 0; key <= MAX_RATE_KEYS; key++) {
    wait(limits, [requests(`k${key}`, 1)], 1, 0);
  }
  assert.equal(wait(limits, [requests(`k${MAX_RATE_KEYS}`, 1)], 1, 0), 1);
  assert.equal(wait(limits, [requests("k0", 1)], 1, 0), 0);
});

test("a longer burst may have the requests of more than a second", () => {
  const limits = new RateLimits(2);
  const take = (nowMs: number): number => wait(limits, [requests("shop", 2)], 1, nowMs);
  assert.deepEqual([take(0), take(0), take(0), take(0), take(0)], [0, 0, 0, 0, 1]);
  assert.deepEqual([take(500), take(500)], [0, 1]);
});

test("a rate that is not a number rejects all requests", () => {
  const limits = new RateLimits();
  assert.notEqual(limits.take([requests("a", Number.NaN)], 1, 0), null);
});

test("the rate with the longest wait is returned, with the seconds until its rows are made up for", () => {
  const limits = new RateLimits();
  const rates = [requests("cli", 1), rowsOf("cli", 10), rowsOf("total", 1000)];
  assert.equal(limits.take(rates, 500, 0), null);
  const exceeded = limits.take(rates, 1, 0);
  assert.deepEqual(exceeded, { rate: rates[1], retryAfterSeconds: 50 });
  assert.equal(limits.take(rates, 1, 49_000)?.retryAfterSeconds, 1);
  assert.equal(limits.take(rates, 1, 50_000), null);
});
