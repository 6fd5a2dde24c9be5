import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import {
  earlierShardsOf,
  ONE_SHARD,
  type ShardLayout,
  shardOf,
  shardsEver,
} from "./shard_layout.ts";

const KEYS = Array.from({ length: 4_000 }, (_, index) =>
  createHash("sha256").update(String(index)).digest("hex").slice(0, 32),
);

test("every body belongs to one existing shard", () => {
  for (const shards of [1, 2, 3, 100]) {
    for (const key of KEYS) {
      const shard = shardOf(key, shards);
      assert.ok(shard >= 0 && shard < shards);
      assert.equal(shardOf(key, shards), shard);
    }
  }
});

test("shards get equal shares, with a key or without", () => {
  for (const keys of [KEYS, KEYS.map(() => null)]) {
    const counts = new Map<number, number>();
    for (const key of keys) {
      const shard = shardOf(key, 4);
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
    }
    assert.ok([...counts.values()].every((count) => count > 800 && count < 1_200));
  }
});

test("only a body whose shard changed is looked up, once in each earlier shard", () => {
  const layout: ShardLayout = { number: 3, shards: 2, before: [1, 4, 2] };
  for (const key of KEYS) {
    const places = [0, shardOf(key, 4)].filter((each) => each !== shardOf(key, 2));
    assert.deepEqual(earlierShardsOf(key, layout), [...new Set(places)]);
  }
  assert.deepEqual(earlierShardsOf(KEYS[0] ?? "", ONE_SHARD), []);
});

test("shards that get no more bodies are still listed", () => {
  assert.equal(shardsEver(ONE_SHARD), 1);
  assert.equal(shardsEver({ number: 2, shards: 1, before: [4, 2] }), 4);
});
