/**
 * Bodies taken in the last minutes, so that one sent again after a lost answer counts once.
 *
 * A body's key is stored in the transaction of its chunk: a key without the chunk would lose the
 * body, a chunk without the key would double it. The keys here are a cache of the stored ones.
 *
 * The partial success of a body is stored in the same transaction, so that its repeats get the
 * response of the first sending. Few bodies have one, and few are repeated: it is read when needed.
 */
import { Buffer } from "node:buffer";
import { GROUP_BODIES, RECENT_BODIES, RECENT_BODIES_MS } from "../limits.ts";
import type { PartialSuccess } from "../otlp/partial_success.ts";
import { KEY_BYTES, RecentKeys, type RecentRow } from "./recent_keys.ts";
import type { Store } from "./store.ts";

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
  readonly #store: Store;
  readonly #keys = new RecentKeys(RECENT_BODIES + GROUP_BODIES);

  constructor(store: Store) {
    this.#store = store;
    for (const { id, atMs, keys } of store.recentKeys()) {
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
    return row === null ? null : { seen: this.#store.partialSuccess(row.id, key) };
  }

  /** Inside the caller's transaction. */
  insert(bodies: readonly KeyedBody[], atMs: number): RecentRow | null {
    if (bodies.length === 0) {
      return null;
    }
    // In one go: digit by digit in JavaScript took 2 us a key.
    const keys = Buffer.from(bodies.map(({ key }) => key).join(""), "hex");
    const id = this.#store.insertRecentKeys(atMs, keys);
    for (const { key, partialSuccess } of bodies) {
      if (partialSuccess !== null) {
        this.#store.insertPartialSuccess(id, key, partialSuccess);
      }
    }
    return { id, atMs };
  }

  /** After the transaction: a key in the cache is a key on disk. */
  remember(bodies: readonly KeyedBody[], row: RecentRow | null): void {
    if (row !== null) {
      for (const { key } of bodies) {
        this.#keys.add(key, row);
      }
      this.#dropOld(row.atMs);
    }
  }

  /**
   * Oldest first, which is the keys' own order and that of the rows. Not by their times: after a
   * clock was set back, the newest row has not the latest. It only makes keys live longer.
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
      this.#store.deleteRecentKeysBefore(oldest.id);
    }
  }

  #isOld({ atMs }: RecentRow, nowMs: number): boolean {
    return atMs < nowMs - RECENT_BODIES_MS || this.#keys.size > RECENT_BODIES;
  }
}
