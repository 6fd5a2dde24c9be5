/**
 * Bodies taken in the last minutes, so that one sent again after a lost answer counts once.
 *
 * A body's key is stored in the transaction of its chunk: a key without the chunk would lose the
 * body, a chunk without the key would double it. The map is a cache of the stored keys.
 */
import { Buffer } from "node:buffer";
import { RECENT_BODIES, RECENT_BODIES_MS } from "../limits.ts";
import type { Store } from "./store.ts";

/** Half a SHA-256: 2^64 bodies until two are likely to meet. */
const KEY_BYTES = 16;

/** Keys that are on disk in one row. */
export interface RecentRow {
  /** Rows count up, whatever clocks do. */
  readonly id: number;
  readonly atMs: number;
}

export class RecentBodies {
  readonly #store: Store;
  readonly #rows = new Map<string, RecentRow>();

  constructor(store: Store) {
    this.#store = store;
    for (const { id, atMs, keys } of store.recent()) {
      const row = { id, atMs };
      const bytes = Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength);
      for (let at = 0; at < bytes.length; at += KEY_BYTES) {
        this.#rows.set(bytes.toString("hex", at, at + KEY_BYTES), row);
      }
    }
  }

  has(key: string): boolean {
    return this.#rows.has(key);
  }

  /** Inside the caller's transaction. */
  insert(keys: readonly string[], atMs: number): RecentRow | null {
    if (keys.length === 0) {
      return null;
    }
    // In one go: digit by digit in JavaScript took 2 us a key.
    return { id: this.#store.insertRecent(atMs, Buffer.from(keys.join(""), "hex")), atMs };
  }

  /** After the transaction: a key in the cache is a key on disk. */
  remember(keys: readonly string[], row: RecentRow | null): void {
    if (row !== null) {
      for (const key of keys) {
        this.#rows.set(key, row);
      }
      this.#forgetOld(row.atMs);
    }
  }

  /**
   * Oldest first, which is the map's own order and that of the rows. Not by their times: after a
   * clock was set back, the newest row has not the latest. It only makes keys live longer.
   */
  #forgetOld(nowMs: number): void {
    let forgotten = false;
    for (const [key, { id, atMs }] of this.#rows) {
      if (atMs >= nowMs - RECENT_BODIES_MS && this.#rows.size <= RECENT_BODIES) {
        if (forgotten) {
          this.#store.deleteRecentBefore(id);
        }
        return;
      }
      this.#rows.delete(key);
      forgotten = true;
    }
  }
}
