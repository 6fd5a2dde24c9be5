/**
 * Requests per second: a token bucket per key.
 *
 * Counted twice. Each isolate refuses before it reads a body; Cloudflare runs one or more of them
 * in each location that a token is used from. The buffer, which is one for all of them, then counts
 * what is to be stored.
 */
import { MAX_RATE_KEYS } from "../limits.ts";

/** Whose requests are counted together, and how many of them there may be. */
export interface Rate {
  readonly key: string;
  readonly requestsPerSecond: number;
}

interface Bucket {
  left: number;
  atMs: number;
}

export class RateLimits {
  readonly #burstSeconds: number;
  /** In the order of last use, so that the oldest can be forgotten. */
  readonly #buckets = new Map<string, Bucket>();

  /** @param burstSeconds of requests that may come at once. */
  constructor(burstSeconds = 1) {
    this.#burstSeconds = burstSeconds;
  }

  /** Takes one request. Returns 0, or in how many seconds there will be room for the next. */
  take(key: string, requestsPerSecond: number, nowMs: number): number {
    const size = Math.max(1, requestsPerSecond * this.#burstSeconds);
    const bucket = this.#buckets.get(key) ?? { left: size, atMs: nowMs };
    // A clock that was set back adds nothing and takes nothing away.
    const passedSeconds = Math.max(0, nowMs - bucket.atMs) / 1000;
    bucket.left = Math.min(size, bucket.left + passedSeconds * requestsPerSecond);
    bucket.atMs = nowMs;
    this.#keep(key, bucket);
    if (bucket.left < 1) {
      return Math.max(1, Math.ceil((1 - bucket.left) / requestsPerSecond));
    }
    bucket.left -= 1;
    return 0;
  }

  #keep(key: string, bucket: Bucket): void {
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > MAX_RATE_KEYS) {
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        break;
      }
    }
  }
}
