/** Who sends a request, by its bearer token, and whether the token is for what is asked. */
import { createHash } from "node:crypto";
import { type Access, accessOf, type Scope, type Team, type TokenEntry } from "./access/config.ts";
import { type Rate, RateLimits } from "./access/rate.ts";
import { Refusal } from "./errors.ts";
import { MAX_PUBLIC_BODY_BYTES, MAX_SEEN_TOKENS } from "./limits.ts";

/** All that can be sent without a token, where the deployment allows it at all. */
const PUBLIC_SCOPE: Scope = "events";
const CHALLENGE = 'Bearer realm="ingest"';

/** The holder of a token. */
export interface Caller {
  /** Name of the token, for limits and logs; never the token. */
  readonly name: string;
  readonly team: Team;
  /** At most this much in one request; absent: what the endpoint takes. */
  readonly maxBodyBytes?: number;
  /** null: no limit. */
  readonly rate: Rate | null;
}

const rates = new RateLimits();

/**
 * @throws Refusal 401 without a token or with one that is unknown or expired, 403 where it lacks
 *   `scope`, 429 above its rate.
 */
export function authenticate(request: Request, env: Env, scope: Scope): Caller {
  const { open } = accessOf(env);
  if (open !== null && scope === PUBLIC_SCOPE && !request.headers.has("authorization")) {
    // Per address: one tool that runs wild must not keep out the others.
    const address = request.headers.get("cf-connecting-ip") ?? "";
    const rate = { key: `public ${address}`, requestsPerSecond: open.requestsPerSecond };
    limitRate("public", rate);
    return { name: "public", team: open.team, maxBodyBytes: MAX_PUBLIC_BODY_BYTES, rate };
  }
  const entry = entryFor(request, accessOf(env));
  if (entry.expiresAtMs !== null && Date.now() >= entry.expiresAtMs) {
    const ended = new Date(entry.expiresAtMs).toISOString();
    throw unauthorized(`token ${entry.name} ended at ${ended}; use the new one`, "invalid_token");
  }
  requireScope(entry, scope);
  if (entry.rate !== null) {
    limitRate(entry.name, entry.rate);
  }
  return { name: entry.name, team: entry.team, rate: entry.rate };
}

/** Entries by the header that named them: hashing it again costs more than a small request's JSON. */
const seen = new Map<string, { readonly access: Access; readonly entry: TokenEntry }>();

/** @throws Refusal 401 there is no such token. */
function entryFor(request: Request, access: Access): TokenEntry {
  const header = request.headers.get("authorization") ?? "";
  const known = seen.get(header);
  if (known?.access === access) {
    return known.entry;
  }
  // Looked up by its hash: how long that takes tells nothing about the tokens there are.
  const entry = access.tokens.get(sha256Hex(bearerToken(header)));
  if (entry === undefined) {
    throw unauthorized("this token is not known; check it, or ask for a new one", "invalid_token");
  }
  if (seen.size >= MAX_SEEN_TOKENS) {
    seen.clear();
  }
  seen.set(header, { access, entry });
  return entry;
}

function requireScope({ name, scopes }: TokenEntry, scope: Scope): void {
  if (!scopes.has(scope)) {
    throw new Refusal(
      403,
      `authorization: token ${name} is for ${[...scopes].join(", ")}; this asks for ${scope}`,
      {
        headers: {
          "www-authenticate": `${CHALLENGE}, error="insufficient_scope", scope="${scope}"`,
        },
      },
    );
  }
}

function limitRate(name: string, rate: Rate): void {
  const retryAfterSeconds = rates.take(rate.key, rate.requestsPerSecond, Date.now());
  if (retryAfterSeconds > 0) {
    throw aboveRate(name, rate, retryAfterSeconds);
  }
}

export function aboveRate(
  name: string,
  { requestsPerSecond }: Rate,
  retryAfterSeconds = Math.ceil(1 / requestsPerSecond),
): Refusal {
  return new Refusal(
    429,
    `rate: token ${name} may send ${requestsPerSecond} requests per second; send again later`,
    { retryAfterSeconds },
  );
}

function bearerToken(header: string): string {
  if (header === "") {
    throw unauthorized("missing; send `Authorization: Bearer <token>`");
  }
  const token = /^bearer +(\S+) *$/i.exec(header)?.[1];
  if (token === undefined) {
    throw unauthorized("not of the form `Bearer <token>`");
  }
  return token;
}

function unauthorized(why: string, error?: string): Refusal {
  const challenge = error === undefined ? CHALLENGE : `${CHALLENGE}, error="${error}"`;
  return new Refusal(401, `authorization: ${why}`, { headers: { "www-authenticate": challenge } });
}

function sha256Hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
