import assert from "node:assert/strict";
import { test } from "node:test";
import type { ShardLayout } from "../access/shard_layout.ts";
import { MAX_BLOCKS_AHEAD } from "../limits.ts";
import type { Batches } from "./batches.ts";
import type { NewestLayout } from "./newest_layout.ts";
import type { Blocks, Progress } from "./progress.ts";
import { ShardCoordinator } from "./shard_coordination.ts";
import type { Store } from "./store.ts";

const TABLE = "otel_traces";
/** `migrations/`: the number of blocks whose tokens a table stores. */
const REMEMBERED_BLOCKS = 10_000;
const MAX_SHARDS = 100;
/** Partitions of a table that was created for its retention, `resources/sql/retention.py`. */
const MAX_PARTITIONS = 38;

/** Returns a generator of numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A table that stores the tokens of its newest blocks, and records each block added twice. */
class RememberingTable {
  #written = 0;
  readonly #at = new Map<string, number>();
  doubled = 0;
  /** The most blocks ever written between a token and its repeat. */
  mostBetween = 0;

  insert(token: string, blocks: number): void {
    const before = this.#at.get(token);
    if (before !== undefined) {
      const between = this.#written - before;
      this.mostBetween = Math.max(this.mostBetween, between);
      this.doubled += between > REMEMBERED_BLOCKS ? 1 : 0;
      return;
    }
    this.#at.set(token, this.#written);
    this.#written += blocks;
  }
}

// Failed rounds are part of the test, and there are thousands of warnings.
console.warn = () => {};

interface Sent {
  readonly token: string;
  readonly block: number;
  readonly blocks: number;
}

/** One shard: batches that wait, and those that were sent and have no response yet. */
class Shard {
  readonly name: string;
  readonly coordinator: ShardCoordinator;
  readonly open: Sent[] = [];
  waiting: number[] = [];
  delivered = 0;
  #next = 0;

  constructor(index: number, layout: ShardLayout, ask: (name: string) => Promise<Progress>) {
    this.name = `team/${index}`;
    const meta = new Map<string, unknown>([["joined", 1]]);
    const store = {
      meta: (key: string) => meta.get(key),
      setMeta: (key: string, value: unknown) => meta.set(key, value),
      incarnation: () => this.name,
    };
    const known = { layout, number: layout.number, name: this.name };
    this.coordinator = new ShardCoordinator(
      store as unknown as Store,
      { blocks: () => this.blocks() } as unknown as Batches,
      known as unknown as NewestLayout,
      { exchangeProgress: ask, isPaused: () => false, pause: () => {} },
    );
  }

  blocks(): Blocks {
    return { next: this.#next, oldest: Math.min(this.#next, ...this.open.map((o) => o.block)) };
  }

  /** Like `Deliverer`: sends the first waiting batch if allowed. */
  async sendNext(): Promise<Sent | null> {
    const [blocks] = this.waiting;
    if (blocks === undefined) {
      return null;
    }
    await this.coordinator.pollOtherShards([{ table: TABLE, blocks }]);
    if (!this.coordinator.maySend({ table: TABLE, blocks })) {
      return null;
    }
    this.waiting.shift();
    const sent = { token: `${this.name}:${this.#next}`, block: this.#next, blocks };
    this.#next += blocks;
    this.open.push(sent);
    return sent;
  }
}

function team(shards: number, isLost: () => boolean): Shard[] {
  const layout: ShardLayout =
    shards === 1 ? { number: 0, shards, before: [] } : { number: 1, shards, before: [1] };
  const all: Shard[] = [];
  const ask = async (name: string): Promise<Progress> => {
    if (isLost()) {
      throw new Error("no response");
    }
    const found = all.find((each) => each.name === name);
    assert.ok(found);
    return found.coordinator.progress();
  };
  for (let index = 0; index < shards; index++) {
    all.push(new Shard(index, layout, ask));
  }
  return all;
}

/** Returns the blocks of a batch: most have one or two days, some have many, a few are unknown. */
function someBlocks(random: () => number): number {
  const kind = random();
  return kind < 0.5 ? 1 : kind < 0.8 ? 2 : kind < 0.99 ? 1 + Math.floor(random() * 38) : 50;
}

for (const shards of [1, 2, 7, MAX_SHARDS]) {
  test(`a table of ${shards} shards stores the token of every repeated batch`, async () => {
    const random = randomFrom(shards);
    const table = new RememberingTable();
    const all = team(shards, () => random() < 0.001);
    for (let step = 0; step < 40_000; step++) {
      // Some shards' responses are lost for a long time: they retry while the others continue.
      const shard = all[Math.floor(random() * shards)] as Shard;
      const isCutOff = Math.floor(step / 4_000 + all.indexOf(shard)) % 5 === 0;
      if (shard.waiting.length === 0) {
        shard.waiting.push(someBlocks(random));
      }
      const sent = shard.open.length < 2 ? await shard.sendNext() : null;
      const repeated = sent ?? shard.open[Math.floor(random() * shard.open.length)];
      if (repeated === undefined) {
        continue;
      }
      if (random() < 0.9) {
        table.insert(repeated.token, Math.min(repeated.blocks, MAX_PARTITIONS));
      }
      if (!isCutOff && random() < 0.8) {
        table.insert(repeated.token, Math.min(repeated.blocks, MAX_PARTITIONS));
        shard.open.splice(shard.open.indexOf(repeated), 1);
        shard.delivered++;
      }
    }
    assert.equal(table.doubled, 0);
    assert.ok(table.mostBetween <= 2 * MAX_BLOCKS_AHEAD * shards, `${table.mostBetween}`);
    assert.ok(all.every(({ delivered }) => delivered > 10));
  });
}

test("the blocks of all shards while one batch is open fit into the number of tokens that a table stores", () => {
  assert.ok(2 * MAX_BLOCKS_AHEAD * MAX_SHARDS <= REMEMBERED_BLOCKS);
  assert.ok(MAX_PARTITIONS <= MAX_BLOCKS_AHEAD);
});

test("a batch of any width is sent when no other batch is open", async () => {
  for (const shards of [1, 3]) {
    const [shard] = team(shards, () => false) as [Shard];
    for (let turn = 0; turn < 20; turn++) {
      shard.waiting = [MAX_BLOCKS_AHEAD];
      assert.notEqual(await shard.sendNext(), null);
      shard.waiting = [1];
      assert.equal(await shard.sendNext(), null);
      shard.open.splice(0);
    }
  }
});

test("two shards of whom one has an open batch stop at twice the blocks", async () => {
  const [stuck, other] = team(2, () => false) as [Shard, Shard];
  stuck.waiting = [1];
  assert.notEqual(await stuck.sendNext(), null);
  let sent = 0;
  for (let step = 0; step < 10 * MAX_BLOCKS_AHEAD; step++) {
    other.waiting = [1];
    sent += (await other.sendNext()) === null ? 0 : 1;
    other.open.splice(0);
  }
  assert.equal(sent, MAX_BLOCKS_AHEAD); // the first round already saw the open batch
  stuck.open.splice(0);
  other.waiting = [1];
  assert.notEqual(await other.sendNext(), null);
});
