/**
 * The newest layout that this buffer has heard of; bodies that come under any other are not taken.
 *
 * That is the fence between two configurations which are live at once: after it has heard of a
 * layout, nothing is stored here under an older one, so what is not here now never will be.
 */
import { ONE_SHARD, type ShardLayout } from "../access/shard_layout.ts";
import { RECENT_BODIES_MS } from "../limits.ts";
import type { Store } from "./store.ts";

interface Known extends ShardLayout {
  /** The buffer's own: `<team>/<shard>`. */
  readonly name: string;
  /** When it was heard of, by the clock of this object. */
  readonly sinceMs: number;
}

const KEY = "layout";

export class NewestLayout {
  readonly #store: Store;
  #known: Known;

  constructor(store: Store) {
    this.#store = store;
    const stored = store.meta(KEY);
    this.#known =
      typeof stored === "string"
        ? (JSON.parse(stored) as Known)
        : { ...ONE_SHARD, name: "", sinceMs: 0 };
  }

  get number(): number {
    return this.#known.number;
  }

  /** Empty as long as there is no other shard. */
  get name(): string {
    return this.#known.name;
  }

  get layout(): ShardLayout {
    const { number, shards, before } = this.#known;
    return { number, shards, before };
  }

  /**
   * Returns whether it is newer than what was known: then it is written, and must be synced.
   *
   * @param name the buffer's own; requests come with it, alarms may not.
   */
  adopt({ number, shards, before }: ShardLayout, name: string, nowMs: number): boolean {
    if (number <= this.#known.number) {
      return false;
    }
    this.#known = { number, shards, before, name, sinceMs: nowMs };
    this.#store.setMeta(KEY, JSON.stringify(this.#known));
    return true;
  }

  /** Whether every body that came under an older layout is too long ago to be recognised. */
  isSettled(nowMs: number): boolean {
    return nowMs - this.#known.sinceMs > RECENT_BODIES_MS;
  }
}
