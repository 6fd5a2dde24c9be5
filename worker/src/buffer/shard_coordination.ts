/**
 * Decides which batches may be sent, so that ClickHouse still stores the token of every batch without
 * a response: step 8 of `worker/README.md`.
 *
 * A table stores the tokens of a fixed number of blocks, from all shards together. A shard's blocks
 * reach at most `MAX_BLOCKS_AHEAD` beyond its oldest open block at its last round. The next round
 * counts only after every batch that the other shards had open at that round has its response.
 */
import { ONE_SHARD } from "../access/shard_layout.ts";
import { MAX_BLOCKS_AHEAD } from "../limits.ts";
import { STREAMS, type Table, tablesOf } from "../tables/index.ts";
import type { Batch, Batches } from "./batches.ts";
import type { BufferHooks } from "./hooks.ts";
import { otherShardNames } from "./names.ts";
import type { NewestLayout } from "./newest_layout.ts";
import type { Progress } from "./progress.ts";
import type { Store } from "./store.ts";

/** The state of the other shards at this shard's last round, for one table. */
interface Round {
  readonly layout: number;
  /** The first open block of this shard, just before the round. */
  readonly oldest: number;
  /** The next block of each other shard. */
  readonly next: { readonly [name: string]: { readonly storage: string; readonly block: number } };
}

/** A batch that was never sent. */
export type Unsent = Pick<Batch, "table" | "blocks">;

type Hooks = Pick<BufferHooks, "exchangeProgress" | "isPaused" | "pause">;

/** The key in `meta` that is set when this shard has joined a pause of the team, or its end. */
export const JOINED_PAUSE = "joined";

type Polled = readonly (readonly [name: string, progress: Progress])[];

export class ShardCoordinator {
  readonly #store: Store;
  readonly #batches: Batches;
  readonly #layout: NewestLayout;
  readonly #hooks: Hooks;
  readonly #rounds = new Map<Table, Round>();

  constructor(store: Store, batches: Batches, layout: NewestLayout, hooks: Hooks) {
    this.#store = store;
    this.#batches = batches;
    this.#layout = layout;
    this.#hooks = hooks;
  }

  /** Returns the progress of this shard, for the others. */
  progress(): Progress {
    const blocks = Object.fromEntries(
      tables().map((table) => [table, this.#batches.blocks(table)]),
    );
    return {
      storage: this.#store.incarnation(),
      layout: this.#layout.layout,
      paused: this.#hooks.isPaused(),
      blocks,
    };
  }

  /** Whether the batch may be sent now. */
  maySend({ table, blocks }: Unsent): boolean {
    const { next, oldest } = this.#batches.blocks(table);
    const from = this.#isAlone() ? oldest : this.#roundOf(table)?.oldest;
    return from !== undefined && next + blocks <= from + MAX_BLOCKS_AHEAD;
  }

  /** Whether a new round would let the batch be sent. If not, it waits for open batches of this shard. */
  needsRound({ table, blocks }: Unsent): boolean {
    const { next, oldest } = this.#batches.blocks(table);
    return !this.maySend({ table, blocks }) && next + blocks <= oldest + MAX_BLOCKS_AHEAD;
  }

  /** Starts a round if one of these batches needs it. The next sync stores the result. */
  async pollOtherShards(unsent: readonly Unsent[]): Promise<void> {
    const wanted = unsent.filter((batch) => this.needsRound(batch)).map(({ table }) => table);
    if (wanted.length === 0) {
      return;
    }
    const { number } = this.#layout;
    const before = new Map(wanted.map((table) => [table, this.#batches.blocks(table).oldest]));
    try {
      const polled = await Promise.all(
        this.#names().map(
          async (name) => [name, await this.#hooks.exchangeProgress(name)] as const,
        ),
      );
      // A changed number means that another shard has a newer layout, perhaps with more shards.
      if (this.#layout.number === number && !this.#joinPause(polled)) {
        for (const [table, oldest] of before) {
          this.#record(table, oldest, polled);
        }
      }
    } catch (error) {
      console.warn(`cannot poll the other shards of the team: ${String(error)}`);
    }
  }

  /** Pauses a shard that was added while the team is paused. */
  #joinPause(polled: Polled): boolean {
    const isNew = this.#store.meta(JOINED_PAUSE) === undefined;
    const joins = isNew && polled.some(([, { paused }]) => paused);
    if (isNew) {
      this.#store.setMeta(JOINED_PAUSE, 1);
    }
    if (joins) {
      this.#hooks.pause();
    }
    return joins;
  }

  #isAlone(): boolean {
    return this.#layout.number === ONE_SHARD.number;
  }

  /** Returns the other shards. Those that get no more bodies may still have open batches for long. */
  #names(): string[] {
    const { layout, name } = this.#layout;
    return otherShardNames(name, layout);
  }

  /** Returns the last round if it included all current shards. */
  #roundOf(table: Table): Round | undefined {
    const round = this.#round(table);
    return round?.layout === this.#layout.number ? round : undefined;
  }

  #round(table: Table): Round | undefined {
    const known = this.#rounds.get(table);
    if (known !== undefined) {
      return known;
    }
    const stored = this.#store.meta(`round:${table}`);
    const round = typeof stored === "string" ? (JSON.parse(stored) as Round) : undefined;
    if (round !== undefined) {
      this.#rounds.set(table, round);
    }
    return round;
  }

  #record(table: Table, oldest: number, polled: Polled): void {
    const last = this.#round(table)?.next ?? {};
    const next: Record<string, { storage: string; block: number }> = {};
    for (const [name, { storage, blocks }] of polled) {
      const theirs = blocks[table] ?? { next: 0, oldest: 0 };
      const before = last[name];
      if (before?.storage === storage && theirs.oldest < before.block) {
        console.warn(`${table}: ${name} has an open batch at ${theirs.oldest}; waiting for it`);
        return;
      }
      next[name] = { storage, block: theirs.next };
    }
    const round = { layout: this.#layout.number, oldest, next };
    this.#rounds.set(table, round);
    this.#store.setMeta(`round:${table}`, JSON.stringify(round));
  }
}

function tables(): Table[] {
  return [...new Set(STREAMS.flatMap(({ kind }) => tablesOf(kind)))];
}
