/**
 * Requests and rows per second: a token bucket per key.
 *
 * Rates are counted twice. Each isolate rejects a request before it reads the body; Cloudflare runs
 * one or more isolates in each location. The buffer, which all of them share, then counts the bodies
 * to be stored. Only the buffer counts rows, because their number is known only after parsing.
 */
import { MAX_RATE_KEYS, MAX_RETRY_AFTER_SECONDS } from "../limits.ts";

/** A key, and the rate of its requests and rows. */
export interface Rate {
  readonly key: string;
  readonly unit: "requests" | "rows";
  readonly perSecond: number;
}

/**
 * The exceeded rate with the longest wait, and the seconds until it allows the next request. After a
 * body that exceeded the rate, the wait lasts until its rows are within the rate again.
 */
export interface Exceeded {
  readonly rate: Rate;
  readonly retryAfterSeconds: number;
}

interface Bucket {
  left: number;
  atMs: number;
}

export class RateLimits {
  readonly #burstSeconds: number;
  /** The buckets in the order of their last use, so that the oldest can be dropped. */
  readonly #buckets = new Map<string, Bucket>();

  /** @param burstSeconds a burst may have the requests or rows of this many seconds. */
  constructor(burstSeconds = 1) {
    this.#burstSeconds = burstSeconds;
  }

  /**
   * Counts one request with `rows` against all of `rates`, or against none if one is used up.
   *
   * A body larger than a second's rows is accepted whole, and its sender waits longer afterwards.
   */
  take(rates: readonly Rate[], rows: number, nowMs: number): Exceeded | null {
    const buckets = rates.map((rate) => this.#filled(rate, nowMs));
    const exceeded = longestWait(rates, buckets);
    if (exceeded !== null) {
      return exceeded;
    }
    for (const [index, { unit }] of rates.entries()) {
      const bucket = buckets[index];
      if (bucket !== undefined) {
        bucket.left -= unit === "rows" ? rows : 1;
      }
    }
    return null;
  }

  #filled({ key, unit, perSecond }: Rate, nowMs: number): Bucket {
    const size = Math.max(1, perSecond * this.#burstSeconds);
    const name = `${unit} ${key}`;
    const bucket = this.#buckets.get(name) ?? { left: size, atMs: nowMs };
    // If the clock was set back, the bucket does not change.
    const passedSeconds = Math.max(0, nowMs - bucket.atMs) / 1000;
    bucket.left = Math.min(size, bucket.left + passedSeconds * perSecond);
    bucket.atMs = nowMs;
    this.#keep(name, bucket);
    return bucket;
  }

  #keep(name: string, bucket: Bucket): void {
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    if (this.#buckets.size > MAX_RATE_KEYS) {
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        break;
      }
    }
  }
}

/** Returns null if all rates allow a request. */
function longestWait(rates: readonly Rate[], buckets: readonly Bucket[]): Exceeded | null {
  let longest: Exceeded | null = null;
  for (const [index, rate] of rates.entries()) {
    const { left } = buckets[index] ?? { left: 0 };
    // `left < 1` would be false for NaN, which must be rejected as well.
    if (!(left >= 1)) {
      const retryAfterSeconds = secondsUntil(left, rate);
      if (longest === null || retryAfterSeconds > longest.retryAfterSeconds) {
        longest = { rate, retryAfterSeconds };
      }
    }
  }
  return longest;
}

/** In whole seconds, at least one: https://www.rfc-editor.org/rfc/rfc9110#name-retry-after */
function secondsUntil(left: number, { perSecond }: Rate): number {
  const seconds = Math.ceil((1 - left) / perSecond);
  return Math.min(Math.max(1, seconds), MAX_RETRY_AFTER_SECONDS);
}
