import assert from "node:assert/strict";
import { test } from "node:test";
import { CLOCK_STANDS_MS } from "../limits.ts";
import { ClockWatch } from "./pulse.ts";

const HOUR_MS = 3_600_000;

test("a clock that goes on is right, however far pulses are from it", () => {
  const watch = new ClockWatch();
  const said = [0, -HOUR_MS, HOUR_MS, 0].map((skewMs, index) => {
    const nowMs = HOUR_MS * 10 + index;
    return watch.standsStill(nowMs, nowMs + skewMs);
  });
  assert.deepEqual(said, [false, false, false, false]);
});

test("one that shows the same moment while pulses go on stands still", () => {
  const watch = new ClockWatch();
  const stoodMs = HOUR_MS * 10;
  const said = [0, -HOUR_MS, -HOUR_MS + CLOCK_STANDS_MS - 1, -HOUR_MS + CLOCK_STANDS_MS].map(
    (skewMs) => watch.standsStill(stoodMs, stoodMs + skewMs),
  );
  assert.deepEqual(said, [false, false, false, true]);
});
