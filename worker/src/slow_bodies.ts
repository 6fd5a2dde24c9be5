/**
 * Ends reads of small bodies that take too long, all those of an isolate with one timer.
 *
 * A timer for each would cost 20 us of CPU, a fifth of a small request. The one there is belongs to
 * some request, and is kept by `waitUntil`; should it be gone all the same, a later request sets it
 * again. So a body is ended after `BODY_MS`, and at most half of that later.
 */
import { waitUntil } from "cloudflare:workers";
import type { Refusal } from "./errors.ts";
import { BODY_MS } from "./limits.ts";

interface Reading {
  readonly sinceMs: number;
  readonly end: () => void;
}

const readings = new Set<Reading>();
let watchedFromMs = Number.NEGATIVE_INFINITY;

/** @throws Refusal `tooSlow`'s, when the time is over; else what `read` throws. */
export async function endedInTime<T>(read: Promise<T>, tooSlow: () => Refusal): Promise<T> {
  // Not `new Promise`, for the reason that `joiner.ts` has.
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  read.then(resolve, reject);
  const nowMs = Date.now();
  const reading = { sinceMs: nowMs, end: () => reject(tooSlow()) };
  readings.add(reading);
  if (nowMs - watchedFromMs > BODY_MS) {
    watch(nowMs);
  }
  try {
    return await promise;
  } finally {
    readings.delete(reading);
  }
}

function watch(nowMs: number): void {
  watchedFromMs = nowMs;
  const { promise, resolve } = Promise.withResolvers<void>();
  waitUntil(promise);
  setTimeout(() => {
    endSlow(Date.now());
    if (readings.size > 0) {
      watch(Date.now());
    } else {
      watchedFromMs = Number.NEGATIVE_INFINITY;
    }
    resolve();
  }, BODY_MS / 2);
}

/** In the order in which they began. One whose request has died is nobody's any more. */
function endSlow(nowMs: number): void {
  for (const reading of readings) {
    if (nowMs - reading.sinceMs < BODY_MS) {
      return;
    }
    readings.delete(reading);
    reading.end();
  }
}
