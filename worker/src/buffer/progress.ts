/** The progress of a shard, which the team's other shards request; `buffer/shard_coordination.ts`. */
import type { ShardLayout } from "../access/shard_layout.ts";
import type { Table } from "../tables/index.ts";

/** Block numbers of a table: the next free one, and the first without a clear response. */
export interface Blocks {
  readonly next: number;
  readonly oldest: number;
}

export interface Progress {
  /** Block numbers start at 0 in each new storage. */
  readonly storage: string;
  readonly layout: ShardLayout;
  readonly paused: boolean;
  readonly blocks: { readonly [table in Table]?: Blocks };
}
