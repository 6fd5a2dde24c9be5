/**
 * The newest layout that this buffer has received. It accepts no bodies under any other layout.
 *
 * This separates two configurations that are live at the same time. Once the buffer has adopted a
 * layout, it stores no body under an older one. So a body of an older layout
 * that is not stored by then is never stored here.
 */
import { ONE_SHARD, type ShardLayout } from "../access/shard_layout.ts";
import { RECENT_BODIES_MS } from "../limits.ts";
import type { Store } from "./store.ts";

interface AdoptedLayout extends ShardLayout {
  /** The name of this buffer: `<team>/<shard>`. */
  readonly name: string;
  /** When the layout was adopted, by the clock of this object. */
  readonly sinceMs: number;
}

const KEY = "layout";

export class NewestLayout {
  readonly #store: Store;
  #adopted: AdoptedLayout;

  constructor(store: Store) {
    this.#store = store;
    const stored = store.meta(KEY);
    this.#adopted =
      typeof stored === "string"
        ? (JSON.parse(stored) as AdoptedLayout)
        : { ...ONE_SHARD, name: "", sinceMs: 0 };
  }

  get number(): number {
    return this.#adopted.number;
  }

  /** Returns the name of this buffer; empty as long as there is no other shard. */
  get name(): string {
    return this.#adopted.name;
  }

  get layout(): ShardLayout {
    const { number, shards, before } = this.#adopted;
    return { number, shards, before };
  }

  /**
   * Stores a layout if it is newer. Returns whether it is; then the storage must be synced.
   *
   * @param name the name of this buffer, which may be unknown when an alarm starts the object.
   */
  adopt({ number, shards, before }: ShardLayout, name: string, nowMs: number): boolean {
    if (number <= this.#adopted.number) {
      return false;
    }
    this.#adopted = { number, shards, before, name, sinceMs: nowMs };
    this.#store.setMeta(KEY, JSON.stringify(this.#adopted));
    return true;
  }

  /** Whether every body of an older layout is too old to be recognised. */
  isSettled(nowMs: number): boolean {
    return nowMs - this.#adopted.sinceMs > RECENT_BODIES_MS;
  }
}
