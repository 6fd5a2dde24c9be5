/**
 * Ends waits that take too long, with one timer for all waits of the same kind in an isolate.
 *
 * A timer for each wait would cost 20 us of CPU, a fifth of a small request. The shared timer belongs
 * to one of the requests, and `waitUntil` keeps it alive. If it is lost, a later request sets it
 * again. A wait ends after its time limit plus at most a quarter of it.
 */
import { waitUntil } from "cloudflare:workers";

interface Wait {
  readonly sinceMs: number;
  readonly end: () => void;
}

export class Deadline {
  readonly #ms: number;
  readonly #error: () => Error;
  /** The waits in the order of their start. */
  readonly #waits = new Set<Wait>();
  #watchedFromMs = Number.NEGATIVE_INFINITY;

  /**
   * Args:
   *   ms: how long each wait may take.
   *   error: creates the error that a longer wait throws.
   */
  constructor(ms: number, error: () => Error) {
    this.#ms = ms;
    this.#error = error;
  }

  /** Returns the value of the promise; throws the error once the time is over. */
  async within<T>(promise: Promise<T>): Promise<T> {
    // `append/coalescer.ts` explains why this is not `new Promise`.
    const { promise: ended, resolve, reject } = Promise.withResolvers<T>();
    promise.then(resolve, reject);
    const nowMs = Date.now();
    const wait = { sinceMs: nowMs, end: () => reject(this.#error()) };
    this.#waits.add(wait);
    if (nowMs - this.#watchedFromMs > this.#ms) {
      this.#watch(nowMs);
    }
    try {
      return await ended;
    } finally {
      this.#waits.delete(wait);
    }
  }

  #watch(nowMs: number): void {
    this.#watchedFromMs = nowMs;
    const { promise, resolve } = Promise.withResolvers<void>();
    waitUntil(promise);
    setTimeout(() => {
      this.#endLate(Date.now());
      if (this.#waits.size > 0) {
        this.#watch(Date.now());
      } else {
        this.#watchedFromMs = Number.NEGATIVE_INFINITY;
      }
      resolve();
    }, this.#ms / 4);
  }

  /** Ends the waits that exceed the limit. Those of ended requests have no effect. */
  #endLate(nowMs: number): void {
    for (const wait of this.#waits) {
      if (nowMs - wait.sinceMs < this.#ms) {
        return;
      }
      this.#waits.delete(wait);
      wait.end();
    }
  }
}
