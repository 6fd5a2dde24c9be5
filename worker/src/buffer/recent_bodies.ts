/**
 * Recognises bodies that were stored in the last minutes, so that a repeat after a lost response
 * counts once.
 *
 * The key of a body is stored in the transaction of its chunk. A key without the chunk would lose
 * the body, and a chunk without the key would store it twice. The keys in memory are a cache.
 *
 * The partial success of a body is stored in the same transaction, so that its repeats get the
 * response of the first sending. Few bodies have one and few are repeated, so it is not cached.
 */
import { Buffer } from "node:buffer";
import { GROUP_BODIES, RECENT_BODIES, RECENT_BODIES_MS } from "../limits.ts";
import type { PartialSuccess } from "../otlp/partial_success.ts";
import { KEY_BYTES, RecentKeys, type RecentRow } from "./recent_keys.ts";
import type { RecentRows } from "./recent_rows.ts";

/** A body that can be recognised. */
export interface KeyedBody {
  /** Hex. */
  readonly key: string;
  /** null: all of it was stored. */
  readonly partialSuccess: PartialSuccess | null;
}

/** A body that was stored before, with the partial success of its first sending. */
export interface Seen {
  readonly seen: PartialSuccess | null;
}

export class RecentBodies {
  readonly #rows: RecentRows;
  readonly #keys = new RecentKeys(RECENT_BODIES + GROUP_BODIES);

  constructor(rows: RecentRows) {
    this.#rows = rows;
    for (const { id, atMs, keys } of rows.keys()) {
      const row = { id, atMs };
      const bytes = Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength);
      for (let at = 0; at < bytes.length; at += KEY_BYTES) {
        this.#keys.add(bytes.toString("hex", at, at + KEY_BYTES), row);
      }
    }
  }

  /** Returns null if there is no recent body with this key. */
  find(key: string): Seen | null {
    const row = this.#keys.rowOf(key);
    return row === null ? null : { seen: this.#rows.partialSuccess(row.id, key) };
  }

  /** Call in the transaction that inserts the chunks. */
  insert(bodies: readonly KeyedBody[], atMs: number): RecentRow | null {
    if (bodies.length === 0) {
      return null;
    }
    // One conversion for all keys: digit by digit in JavaScript, each took 2 us.
    const keys = Buffer.from(bodies.map(({ key }) => key).join(""), "hex");
    const id = this.#rows.insertKeys(atMs, keys);
    for (const { key, partialSuccess } of bodies) {
      if (partialSuccess !== null) {
        this.#rows.insertPartialSuccess(id, key, partialSuccess);
      }
    }
    return { id, atMs };
  }

  /** Call after the transaction, because every key in the cache must be on disk. */
  cache(bodies: readonly KeyedBody[], row: RecentRow | null): void {
    if (row !== null) {
      for (const { key } of bodies) {
        this.#keys.add(key, row);
      }
      this.#dropOld(row.atMs);
    }
  }

  /**
   * Drops the oldest keys, in the order of the rows. The order of the times can differ: after the
   * clock was set back, the newest row does not have the latest time. Then keys live longer.
   */
  #dropOld(nowMs: number): void {
    let dropped = false;
    let oldest = this.#keys.firstRow();
    while (oldest !== null && this.#isOld(oldest, nowMs)) {
      this.#keys.deleteFirst();
      dropped = true;
      oldest = this.#keys.firstRow();
    }
    if (dropped && oldest !== null) {
      this.#rows.deleteBefore(oldest.id);
    }
  }

  #isOld({ atMs }: RecentRow, nowMs: number): boolean {
    return atMs < nowMs - RECENT_BODIES_MS || this.#keys.size > RECENT_BODIES;
  }
}
