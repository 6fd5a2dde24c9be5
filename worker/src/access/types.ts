/** Teams, tokens, scopes and rates of a deployment. */
import type { Rate } from "./rate.ts";
import type { ShardLayout } from "./shard_layout.ts";

/** The signals that a token may send, and the two scopes `read` and `admin` for other clients. */
export const SCOPES = ["traces", "logs", "metrics", "events", "read", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** A SQL user that may select from its team's database and nothing else. */
export interface Reader {
  readonly user: string;
  readonly password: string;
}

export interface Team {
  readonly name: string;
  /** Database with the team's tables, in the one ClickHouse service. */
  readonly database: string;
  readonly reader: Reader;
  readonly layout: ShardLayout;
}

/** One accepted hash. During a rotation, a token has two entries with one name. */
export interface TokenEntry {
  readonly name: string;
  readonly team: Team;
  readonly scopes: ReadonlySet<Scope>;
  /** Empty: no limit. */
  readonly rates: readonly Rate[];
  /** null: the token does not expire. */
  readonly expiresAtMs: number | null;
}

/** Rates of events without a token; `address.ts` defines which addresses are one sender. */
export interface PublicRates {
  readonly requestsPerSecond: number;
  readonly rowsPerSecond: number;
  readonly totalRequestsPerSecond: number;
  readonly totalRowsPerSecond: number;
}

export interface Access {
  readonly teams: ReadonlyMap<string, Team>;
  /** The entries by the token's SHA-256 in hex. */
  readonly tokens: ReadonlyMap<string, TokenEntry>;
  /** Pages of these origins may read responses; `*` means all. */
  readonly corsOrigins: ReadonlySet<string>;
  /** The team and the rates of events without a token; null: such events are rejected. */
  readonly open: { readonly team: Team; readonly rates: PublicRates } | null;
  readonly honorsDoNotTrack: boolean;
}
