/** The RPC methods of an `IngestBuffer`, and their types. */
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
  /** The team's database, for batches sealed from now on. */
  readonly database: string;
  /** The number of the layout that selected this buffer; absent in scripts without layouts. */
  readonly layout?: number;
  /** Rates of the sender that this buffer counts; absent: no limit. */
  readonly rates?: readonly Rate[];
  /** Whether the sender has no token, and so only a share of the buffer. */
  readonly isPublic?: boolean;
  readonly kind: Kind;
  readonly encoding: Encoding;
  readonly bytes: Uint8Array;
  readonly rawBytes: number;
  /** 0: the key is looked up and nothing is stored. */
  readonly rows: number;
  /** The repeated bytes of its rows, `otlp/scan.ts`; absent: 0. */
  readonly repeatedBytes?: number;
  /** The tables that get rows; absent: all of the kind. */
  readonly tables?: TableSet;
  /** The days of its rows; null: unknown. */
  readonly days: DayRange | null;
  readonly key: string | null;
  /** A part of the response to this body and to its repeats; absent: all rows are stored. */
  readonly partialSuccess?: PartialSuccess | null;
}

/**
 * The result of one body. `unseen`: the body has no rows and was not stored before. `failed`: the body
 * may be stored or not; if it is, so is its key. `moved`: not stored, because the request and the
 * buffer have different layouts. `limited`: not stored, because its sender exceeds a rate.
 */
export type AppendResult = "stored" | "unseen" | "full" | "failed" | "moved" | Seen | Limited;

/** The exceeded rate, and when it allows the next body. */
export interface Limited {
  readonly limited: Exceeded;
}

/** The result of `lookUp`. */
export interface LookupResult {
  /** The newest layout of the buffer. */
  readonly layout: ShardLayout;
  /** null: the body is not in this buffer. */
  readonly seen: Seen | null;
  /** Whether no recent body is from an older layout. */
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
