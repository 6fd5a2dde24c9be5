/**
 * How many shards a team's buffer has, and which of them a body belongs to.
 *
 * A repeat has to find the first, also when the number of shards changed in between: step 13 of
 * `worker/README.md`.
 */

export interface ShardLayout {
  /** Of two layouts the one with the higher number is the newer; 0 before any change. */
  readonly number: number;
  /** Bodies go to shards 0 to `shards - 1`. */
  readonly shards: number;
  /** Other numbers of shards that there have been; what they brought about may still wait there. */
  readonly before: readonly number[];
}

export const ONE_SHARD: ShardLayout = { number: 0, shards: 1, before: [] };

/** The last hex digits of a key are as evenly spread as all of it; 32 bits stay exact. */
const KEY_DIGITS = 8;

/** @param key hex, or null for a body that may rightly come twice: any shard will do. */
export function shardOf(key: string | null, shards: number): number {
  if (shards === 1) {
    return 0;
  }
  return key === null
    ? Math.floor(Math.random() * shards)
    : Number.parseInt(key.slice(-KEY_DIGITS), 16) % shards;
}

/** Shards that may have a body already which belongs to another one now. */
export function earlierShardsOf(key: string, { shards, before }: ShardLayout): number[] {
  const now = shardOf(key, shards);
  return [...new Set(before.map((number) => shardOf(key, number)))].filter((each) => each !== now);
}

/** Shards 0 to this less one are all that ever were. */
export function shardsEver({ shards, before }: ShardLayout): number {
  return Math.max(shards, ...before);
}
