/** The bytes and the age of a buffer's waiting bodies, which decide whether it accepts more. */
import { BUFFER_MAX_AGE_MS, BUFFER_MAX_BYTES, PUBLIC_BUFFER_SHARE } from "../limits.ts";
import type { Depth, Store } from "./store.ts";

/** A cache of `Store.depth`, which reads a header of every chunk. */
export class BufferDepth {
  readonly #store: Store;
  #depth: Depth;

  constructor(store: Store) {
    this.#store = store;
    this.#depth = store.depth();
  }

  isEmpty(): boolean {
    return this.#depth.oldestMs === null;
  }

  /** @param storedBytes negative for deleted bytes. */
  add(storedBytes: number): void {
    this.#depth = { ...this.#depth, storedBytes: this.#depth.storedBytes + storedBytes };
  }

  /** Call at the end of an alarm: the age changes only when batches are deleted. */
  updateOldest(): void {
    this.#depth = { ...this.#depth, oldestMs: this.#store.oldestMs() };
  }

  /** @param isPublic whether the sender has no token, and so only a share of the buffer. */
  isFull(nowMs: number, isPublic: boolean): boolean {
    const { storedBytes, oldestMs } = this.#depth;
    const isOld = oldestMs !== null && nowMs - oldestMs > BUFFER_MAX_AGE_MS;
    return storedBytes >= BUFFER_MAX_BYTES * (isPublic ? PUBLIC_BUFFER_SHARE : 1) || isOld;
  }
}
