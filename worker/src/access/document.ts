/**
 * Reads the bindings `ACCESS`… that `resources/telemetry/access_bindings.py` writes. An invalid entry is
 * skipped: it must never grant access, and must not disable the other entries.
 */
import {
  PUBLIC_REQUESTS_PER_SECOND,
  PUBLIC_ROWS_PER_SECOND,
  PUBLIC_TOTAL_REQUESTS_PER_SECOND,
  PUBLIC_TOTAL_ROWS_PER_SECOND,
} from "../limits.ts";
import type { Rate } from "./rate.ts";
import { ONE_SHARD, type ShardLayout } from "./shard_layout.ts";
import {
  type Access,
  type PublicRates,
  SCOPES,
  type Scope,
  type Team,
  type TokenEntry,
} from "./types.ts";

type Fields = { readonly [name: string]: unknown };
type Teams = ReadonlyMap<string, Team>;

/** The only format with a zone that every JavaScript engine must parse:
 * https://tc39.es/ecma262/#sec-date-time-string-format */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
const SHA256_HEX = /^[0-9a-f]{64}$/i;
/** The expiry of a token with an unreadable expiry: in the past. */
const ENDED_MS = 0;

/** @param problems receives a line for each entry that is skipped. */
export function accessFrom(texts: readonly string[], problems: string[]): Access {
  const documents = texts.map((text) => fieldsOf(JSON.parse(text)));
  const entries = (name: string): Fields[] =>
    documents.flatMap((document) => listOf(document[name]).map(fieldsOf));
  const teams = new Map(
    valid("team", entries("teams"), teamFrom, problems).map((team) => [team.name, team]),
  );
  const tokens = valid("token", entries("tokens"), (each) => tokenFrom(each, teams), problems);
  const { public: open = null, honor_do_not_track: honors } = documents[0] ?? {};
  const opened = open === null ? [] : [fieldsOf(open)];
  return {
    teams,
    tokens: new Map(tokens),
    corsOrigins: new Set(documents.flatMap((each) => listOf(each.cors_origins)).map(String)),
    open: valid("public", opened, (each) => openFrom(each, teams), problems)[0] ?? null,
    honorsDoNotTrack: honors !== false,
  };
}

function valid<T>(
  kind: string,
  entries: readonly Fields[],
  read: (entry: Fields) => T | null,
  problems: string[],
): T[] {
  return entries.flatMap((entry) => {
    const found = read(entry);
    if (found === null) {
      problems.push(`${kind} ${String(entry.name ?? entry.team)} has an invalid field`);
      return [];
    }
    return [found];
  });
}

function teamFrom({ name, database, reader, layout = ONE_SHARD }: Fields): Team | null {
  const { user, password } = fieldsOf(reader);
  const known = isText(name) && isText(database) && isText(user) && isText(password);
  return known && isLayout(layout) ? { name, database, reader: { user, password }, layout } : null;
}

function tokenFrom(fields: Fields, teams: Teams): [string, TokenEntry] | null {
  const { name, sha256 } = fields;
  const team = teams.get(String(fields.team));
  const scopes = listOf(fields.scopes);
  const perSecond = fields.requests_per_second ?? null;
  const known = isText(name) && isText(sha256) && SHA256_HEX.test(sha256) && team !== undefined;
  if (!known || !scopes.every(isScope) || (perSecond !== null && !isPositive(perSecond))) {
    return null;
  }
  const rates: Rate[] =
    perSecond === null ? [] : [{ key: `token ${name}`, unit: "requests", perSecond }];
  const expiresAtMs = endFrom(fields.expires_at ?? null);
  return [sha256.toLowerCase(), { name, team, scopes: new Set(scopes), rates, expiresAtMs }];
}

function endFrom(value: unknown): number | null {
  if (value === null) {
    return null;
  }
  const ms = isText(value) && TIME.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? ENDED_MS : ms;
}

function openFrom(fields: Fields, teams: Teams): Access["open"] {
  const team = teams.get(String(fields.team));
  const rates = {
    requestsPerSecond: fields.requests_per_second ?? PUBLIC_REQUESTS_PER_SECOND,
    rowsPerSecond: fields.rows_per_second ?? PUBLIC_ROWS_PER_SECOND,
    totalRequestsPerSecond: fields.total_requests_per_second ?? PUBLIC_TOTAL_REQUESTS_PER_SECOND,
    totalRowsPerSecond: fields.total_rows_per_second ?? PUBLIC_TOTAL_ROWS_PER_SECOND,
  };
  return team !== undefined && arePublicRates(rates) ? { team, rates } : null;
}

function arePublicRates(rates: Record<keyof PublicRates, unknown>): rates is PublicRates & Fields {
  return Object.values(rates).every(isPositive);
}

function isLayout(value: unknown): value is ShardLayout {
  const { number, shards, before } = fieldsOf(value);
  return (
    isCount(number, 0) &&
    isCount(shards, 1) &&
    listOf(before).every((n) => isCount(n, 1)) &&
    Array.isArray(before)
  );
}

function isScope(value: unknown): value is Scope {
  return (SCOPES as readonly unknown[]).includes(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isCount(value: unknown, minimum: number): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= minimum;
}

function isPositive(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
