/**
 * The number of shards of a team's buffer, and the shard of each body.
 *
 * A repeat must reach the shard of the first sending, even if the number of shards changed in
 * between: step 13 of `worker/README.md`.
 */

export interface ShardLayout {
  /** A higher number is a newer layout; 0 before the first change. */
  readonly number: number;
  /** Bodies go to shards 0 to `shards - 1`. */
  readonly shards: number;
  /** Earlier numbers of shards; bodies may still wait in those shards. */
  readonly before: readonly number[];
}

export const ONE_SHARD: ShardLayout = { number: 0, shards: 1, before: [] };

/** The last hex digits of a key are evenly distributed; 32 bits are exact in a number. */
const KEY_DIGITS = 8;

/** @param key hex; null for a body without a key, which may go to any shard. */
export function shardOf(key: string | null, shards: number): number {
  if (shards === 1) {
    return 0;
  }
  return key === null
    ? Math.floor(Math.random() * shards)
    : Number.parseInt(key.slice(-KEY_DIGITS), 16) % shards;
}

/** Return other shards that may have stored the body under an earlier number of shards. */
export function earlierShardsOf(key: string, { shards, before }: ShardLayout): number[] {
  const now = shardOf(key, shards);
  return [...new Set(before.map((number) => shardOf(key, number)))].filter((each) => each !== now);
}

/** Return the highest number of shards there ever was. */
export function shardsEver({ shards, before }: ShardLayout): number {
  return Math.max(shards, ...before);
}
