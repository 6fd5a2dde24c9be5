/** The calls of an `IngestBuffer`, and their values. */
import type { Exceeded, Rate } from "../access/rate.ts";
import type { ShardLayout } from "../access/shard_layout.ts";
import type { PartialSuccess } from "../otlp/partial_success.ts";
import type { Encoding, Kind, TableSet } from "../tables/index.ts";
import type { Sums } from "../telemetry/counters.ts";
import type { DayRange } from "../time/days.ts";
import type { BufferAdmin } from "./admin.ts";
import type { Progress } from "./progress.ts";
import type { Seen } from "./recent_bodies.ts";

export interface AppendRequest {
  /** The team's, for batches sealed from now on. */
  readonly database: string;
  /** Number of the layout by which it came here; scripts of before there were layouts say none. */
  readonly layout?: number;
  /** Rates of the sender that this buffer counts; absent: no limit. */
  readonly rates?: readonly Rate[];
  /** From a sender without a token, which may use only a share of the buffer. */
  readonly isPublic?: boolean;
  readonly kind: Kind;
  readonly encoding: Encoding;
  readonly bytes: Uint8Array;
  readonly rawBytes: number;
  /** 0: the key is looked up, and nothing is stored. */
  readonly rows: number;
  /** Repeated bytes of its rows, `otlp/scan.ts`; absent: 0. */
  readonly repeatedBytes?: number;
  /** Which of the kind's tables get rows; absent: all of them. */
  readonly tables?: TableSet;
  /** Days of the body's rows; null: unknown. */
  readonly days: DayRange | null;
  readonly key: string | null;
  /** Of the response to this request; its repeats get the same. Absent: all of it is stored. */
  readonly partialSuccess?: PartialSuccess | null;
}

/**
 * `unseen`: the request has no rows, and its body was not stored before. `failed`: it may be stored
 * all the same; if it is, so is its key. `moved`: not stored, one of the two has not heard of the
 * other's layout. `limited`: not stored, above its sender's rate.
 */
export type AppendResult = "stored" | "unseen" | "full" | "failed" | "moved" | Seen | Limited;

/** The rate that was exceeded, of those in the request, and when it allows the next body. */
export interface Limited {
  readonly limited: Exceeded;
}

/** The response to `lookUp`. */
export interface LookupResult {
  /** The newest layout that the buffer knows. */
  readonly layout: ShardLayout;
  /** null: the body is not here. */
  readonly seen: Seen | null;
  /** No body that came under an older layout can be recognised any more. */
  readonly settled: boolean;
}

/** The methods of `IngestBuffer` that other Workers and objects call; documented there. */
export interface BufferRpc extends Rpc.DurableObjectBranded {
  ping(): boolean;
  admin(): BufferAdmin;
  exchangeLayout(layout: ShardLayout): Promise<ShardLayout>;
  progress(layout: ShardLayout): Promise<Progress>;
  lookUp(layout: ShardLayout, key: string): Promise<LookupResult>;
  count(sums: Sums): void;
  append(bodies: readonly AppendRequest[]): Promise<AppendResult[]>;
}
