import assert from "node:assert/strict";
import { test } from "node:test";
import { retentionFromText, windowOf } from "./time_window.ts";

const DAY_MS = 86_400_000;
const NOW_MS = 1_800_000_000_000;
const DAYS = { traces: 7, logs: 30, metrics: 400, events: 3650 };

test("the window of a kind is its retention and a day ahead", () => {
  const env = { RETENTION_DAYS: JSON.stringify(DAYS) } as Env;
  for (const kind of ["traces", "logs", "metrics", "events"] as const) {
    assert.deepEqual(windowOf(env, kind, NOW_MS), {
      fromMs: NOW_MS - DAYS[kind] * DAY_MS,
      toMs: NOW_MS + DAY_MS,
    });
  }
});

for (const [name, text] of [
  ["missing", undefined],
  ["empty", ""],
  ["not JSON", "thirty"],
  ["no object", "30"],
  ["without a kind", JSON.stringify({ ...DAYS, logs: undefined })],
  ["with a string", JSON.stringify({ ...DAYS, logs: "30" })],
  ["with no days", JSON.stringify({ ...DAYS, logs: 0 })],
] as const) {
  test(`a binding that is ${name} fails with its name`, () => {
    assert.throws(() => retentionFromText(text), /^Error: RETENTION_DAYS: /);
  });
}
