/**
 * Who may do what: the secret binding `ACCESS`, which `resources/access.py` writes.
 *
 * It holds hashes of tokens and never a token. It is read once per isolate: another binding is
 * another version of the script, which starts isolates of its own.
 */
import { type Layout, ONE_SHARD } from "../buffer/layout.ts";
import type { Rate } from "./rate.ts";

/** Signals that a token may send, and the two rights that no sender has. */
export const SCOPES = ["traces", "logs", "metrics", "events", "read", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

export interface Team {
  readonly name: string;
  /** Database with the team's tables, in the one ClickHouse service. */
  readonly database: string;
  readonly layout: Layout;
}

/** One accepted hash. A token that is being rotated has two entries under one name. */
export interface TokenEntry {
  readonly name: string;
  readonly team: Team;
  readonly scopes: ReadonlySet<Scope>;
  /** null: no limit. */
  readonly rate: Rate | null;
  /** null: until it is revoked. */
  readonly expiresAtMs: number | null;
}

export interface Access {
  readonly teams: ReadonlyMap<string, Team>;
  /** By hex SHA-256 of the token. */
  readonly tokens: ReadonlyMap<string, TokenEntry>;
  /** Pages of these origins may read answers; `*` stands for all. */
  readonly corsOrigins: ReadonlySet<string>;
  /** Who may send events without a token, null: nobody. */
  readonly open: { readonly team: Team; readonly requestsPerSecond: number } | null;
}

/** The binding as it is written. */
interface AccessDocument {
  readonly teams: readonly (Omit<Team, "layout"> & Partial<Team>)[];
  readonly tokens: readonly {
    readonly name: string;
    readonly team: string;
    readonly scopes: readonly Scope[];
    readonly sha256: string;
    readonly requests_per_second?: number | null;
    readonly expires_at?: string | null;
  }[];
  readonly cors_origins?: readonly string[];
  readonly public?: { readonly team: string; readonly requests_per_second: number } | null;
}

let cached: { readonly text: string; readonly access: Access } | undefined;

export function accessOf(env: Env): Access {
  if (cached?.text !== env.ACCESS) {
    cached = { text: env.ACCESS, access: accessFromText(env.ACCESS) };
  }
  return cached.access;
}

/** @throws Error the binding names a team that it does not define: a bug of the deployment. */
export function accessFromText(text: string): Access {
  const document = JSON.parse(text) as AccessDocument;
  const teams = new Map(document.teams.map((team) => [team.name, { layout: ONE_SHARD, ...team }]));
  const tokens = document.tokens.map((token): [string, TokenEntry] => [
    token.sha256.toLowerCase(),
    {
      name: token.name,
      team: teamNamed(teams, token.team),
      scopes: new Set(token.scopes),
      rate:
        token.requests_per_second == null
          ? null
          : { key: `token ${token.name}`, requestsPerSecond: token.requests_per_second },
      expiresAtMs: token.expires_at == null ? null : Date.parse(token.expires_at),
    },
  ]);
  const open = document.public ?? null;
  return {
    teams,
    tokens: new Map(tokens),
    corsOrigins: new Set(document.cors_origins ?? []),
    open: open && {
      team: teamNamed(teams, open.team),
      requestsPerSecond: open.requests_per_second,
    },
  };
}

function teamNamed(teams: ReadonlyMap<string, Team>, name: string): Team {
  const team = teams.get(name);
  if (team === undefined) {
    throw new Error(`ACCESS: no team is named ${name}; there are ${[...teams.keys()].join(", ")}`);
  }
  return team;
}
