import assert from "node:assert/strict";
import { test } from "node:test";
import { CLOCK_STOPPED_MS } from "../limits.ts";
import { ClockWatch } from "./pulse.ts";

const HOUR_MS = 3_600_000;

test("a clock that moves is accepted, however far it differs from the pulses", () => {
  const watch = new ClockWatch();
  const said = [0, -HOUR_MS, HOUR_MS, 0].map((skewMs, index) => {
    const nowMs = HOUR_MS * 10 + index;
    return watch.hasStopped(nowMs, nowMs + skewMs);
  });
  assert.deepEqual(said, [false, false, false, false]);
});

test("a clock that does not move while pulses do has stopped", () => {
  const watch = new ClockWatch();
  const stoodMs = HOUR_MS * 10;
  const said = [0, -HOUR_MS, -HOUR_MS + CLOCK_STOPPED_MS - 1, -HOUR_MS + CLOCK_STOPPED_MS].map(
    (skewMs) => watch.hasStopped(stoodMs, stoodMs + skewMs),
  );
  assert.deepEqual(said, [false, false, false, true]);
});
