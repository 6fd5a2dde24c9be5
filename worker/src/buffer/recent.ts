/**
 * Bodies taken in the last minutes, so that one sent again after a lost answer counts once.
 *
 * A body's key is stored in the transaction of its chunk: a key without the chunk would lose the
 * body, a chunk without the key would double it. The map is a cache of the stored keys.
 */
import { RECENT_BODIES, RECENT_BODIES_MS } from "../limits.ts";
import type { Store } from "./store.ts";

/** Half a SHA-256: 2^64 bodies until two are likely to meet. */
const KEY_BYTES = 16;

export class RecentBodies {
  readonly #store: Store;
  readonly #atMs = new Map<string, number>();

  constructor(store: Store) {
    this.#store = store;
    for (const { atMs, keys } of store.recent()) {
      for (let at = 0; at < keys.length; at += KEY_BYTES) {
        this.#atMs.set(hexFrom(keys.subarray(at, at + KEY_BYTES)), atMs);
      }
    }
  }

  has(key: string): boolean {
    return this.#atMs.has(key);
  }

  /** Inside the caller's transaction. */
  insert(keys: readonly string[], nowMs: number): void {
    if (keys.length > 0) {
      this.#store.insertRecent(nowMs, bytesFrom(keys));
    }
  }

  /** After the transaction: a key in the cache is a key on disk. */
  remember(keys: readonly string[], nowMs: number): void {
    for (const key of keys) {
      this.#atMs.set(key, nowMs);
    }
    this.#forgetOld(nowMs);
  }

  /** Oldest first, which is the map's own order; a clock set back only makes keys live longer. */
  #forgetOld(nowMs: number): void {
    let oldestKeptMs: number | undefined;
    for (const [key, atMs] of this.#atMs) {
      if (atMs >= nowMs - RECENT_BODIES_MS && this.#atMs.size <= RECENT_BODIES) {
        oldestKeptMs = atMs;
        break;
      }
      this.#atMs.delete(key);
    }
    this.#store.deleteRecentBefore(oldestKeptMs ?? nowMs);
  }
}

function bytesFrom(keys: readonly string[]): Uint8Array {
  const bytes = new Uint8Array(keys.length * KEY_BYTES);
  keys.forEach((key, index) => {
    for (let at = 0; at < KEY_BYTES; at++) {
      bytes[index * KEY_BYTES + at] = Number.parseInt(key.slice(at * 2, at * 2 + 2), 16);
    }
  });
  return bytes;
}

function hexFrom(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) {
    hex += byte.toString(16).padStart(2, "0");
  }
  return hex;
}
