/** Finds the caller of a request by its token, and checks the token's scopes. */
import { createHash } from "node:crypto";
import { HttpError } from "../errors.ts";
import { MAX_PUBLIC_BODY_BYTES } from "../limits.ts";
import { networkOf } from "./address.ts";
import { accessOf } from "./config.ts";
import { insufficientScope, tokenOf, unauthorized } from "./credentials.ts";
import { type Exceeded, type Rate, RateLimits } from "./rate.ts";
import type { Access, PublicRates, Scope, Team, TokenEntry } from "./types.ts";

/** The only signal that is accepted without a token, if the deployment allows it. */
const PUBLIC_SCOPE: Scope = "events";
const PUBLIC_NAME = "public";

/** The holder of a token, or a sender without one. */
export interface Caller {
  /** Name of the token, for limits and logs; never the token. */
  readonly name: string;
  readonly team: Team;
  /** The limit of one body; absent: that of the endpoint. */
  readonly maxBodyBytes?: number;
  /** Empty: no limit. */
  readonly rates: readonly Rate[];
  /** Whether the sender has no token, and so only a share of the buffer. */
  readonly isPublic: boolean;
}

const rates = new RateLimits();
/** The rates without a token are separate, so that many addresses do not evict the counts of tokens. */
const publicRates = new RateLimits();

/**
 * @throws HttpError 401 without a token or with one that is unknown or expired, 403 if it lacks
 *   `scope`, 429 above its rate.
 */
export function authenticate(request: Request, env: Env, scope: Scope): Caller {
  const access = accessOf(env);
  const { open } = access;
  if (open !== null && scope === PUBLIC_SCOPE && !request.headers.has("authorization")) {
    return publicCaller(request, open);
  }
  const entry = entryFor(tokenOf(request), access);
  if (entry.expiresAtMs !== null && Date.now() >= entry.expiresAtMs) {
    const ended = new Date(entry.expiresAtMs).toISOString();
    const why = `token ${entry.name} expired at ${ended}; send with the token that replaced it`;
    throw unauthorized(why, "invalid_token");
  }
  requireScope(entry, scope);
  limitRequests(entry, rates);
  return { name: entry.name, team: entry.team, rates: entry.rates, isPublic: false };
}

function publicCaller(request: Request, open: NonNullable<Access["open"]>): Caller {
  const network = networkOf(request.headers.get("cf-connecting-ip") ?? "");
  const caller: Caller = {
    name: PUBLIC_NAME,
    team: open.team,
    maxBodyBytes: MAX_PUBLIC_BODY_BYTES,
    rates: publicRatesOf(network, open.rates),
    isPublic: true,
  };
  limitRequests(caller, publicRates);
  return caller;
}

/** The sender's rates come first, so that one runaway sender does not use up the total. */
function publicRatesOf(network: string, of: PublicRates): Rate[] {
  const own = `${PUBLIC_NAME} ${network}`;
  const total = `${PUBLIC_NAME} total`;
  return [
    { key: own, unit: "requests", perSecond: of.requestsPerSecond },
    { key: own, unit: "rows", perSecond: of.rowsPerSecond },
    { key: total, unit: "requests", perSecond: of.totalRequestsPerSecond },
    { key: total, unit: "rows", perSecond: of.totalRowsPerSecond },
  ];
}

/**
 * Caches entries by token, because hashing a token costs more than parsing a small request's JSON.
 * Only valid tokens are cached, so there are at most as many as the deployment has.
 */
const seen = new Map<string, TokenEntry>();

/** @throws HttpError 401 the deployment has no such token. */
function entryFor(token: string, access: Access): TokenEntry {
  const known = seen.get(token);
  if (known !== undefined) {
    return known;
  }
  // The lookup uses the hash, so its duration reveals nothing about the valid tokens.
  const entry = access.tokens.get(createHash("sha256").update(token).digest("hex"));
  if (entry === undefined) {
    const why =
      "this token is unknown; `pulumi stack output tokens --show-secrets` has the valid ones";
    throw unauthorized(why, "invalid_token");
  }
  seen.set(token, entry);
  return entry;
}

function requireScope({ name, scopes }: TokenEntry, scope: Scope): void {
  if (!scopes.has(scope)) {
    const known = [...scopes].join(", ");
    const why = `token ${name} has the scopes ${known}, not ${scope}; send with another token, or add`;
    throw insufficientScope(`${why} the scope to it in the deployment's config`, scope);
  }
}

function limitRequests(caller: Pick<Caller, "name" | "rates">, by: RateLimits): void {
  const counted = caller.rates.filter(({ unit }) => unit === "requests");
  const exceeded = by.take(counted, 0, Date.now());
  if (exceeded !== null) {
    throw aboveRate(caller, exceeded);
  }
}

/** Each shard counts against a share of the rate; the message names the whole rate. */
export function aboveRate(
  { name, rates: all }: Pick<Caller, "name" | "rates">,
  { rate, retryAfterSeconds }: Exceeded,
): HttpError {
  const { key, unit } = rate;
  const whole = all.find((each) => each.key === key && each.unit === unit) ?? rate;
  const isPublic = name === PUBLIC_NAME;
  const who = isPublic ? "senders without a token" : `token ${name}`;
  const allowed = `${whole.perSecond} ${unit} per second${isPublic ? ` (${key})` : ""}`;
  const message = `rate: ${who} may send ${allowed}; send again in ${retryAfterSeconds} s`;
  return new HttpError(429, message, { retryAfterSeconds });
}
