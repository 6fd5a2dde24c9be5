/**
 * Teams, tokens and rates: the secret bindings `ACCESS`, `ACCESS_1` and so on, which
 * `resources/telemetry/access_bindings.py` writes.
 *
 * They hold hashes of tokens and never a token. They are read once per isolate: other bindings are
 * another version of the script, which starts isolates of its own.
 */
import type { Layout } from "../buffer/layout.ts";
import { Refusal } from "../errors.ts";
import { UNAVAILABLE_RETRY_AFTER_SECONDS } from "../limits.ts";
import { accessFrom } from "./document.ts";
import type { Rate } from "./rate.ts";

/** Signals that a token may send, and the two rights that no sender has. */
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
  readonly layout: Layout;
}

/** One accepted hash. A token that is being rotated has two entries under one name. */
export interface TokenEntry {
  readonly name: string;
  readonly team: Team;
  readonly scopes: ReadonlySet<Scope>;
  /** Empty: no limit. */
  readonly rates: readonly Rate[];
  /** null: until it is revoked. */
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
  /** By hex SHA-256 of the token. */
  readonly tokens: ReadonlyMap<string, TokenEntry>;
  /** Pages of these origins may read responses; `*` means all. */
  readonly corsOrigins: ReadonlySet<string>;
  /** The team and the rates of events without a token; null: none are accepted. */
  readonly open: { readonly team: Team; readonly rates: PublicRates } | null;
  readonly honorsDoNotTrack: boolean;
}

let cached: Access | undefined;

/** @throws Refusal 503 a binding is missing or is not JSON: every request is rejected. */
export function accessOf(env: Env): Access {
  cached ??= readAccess(env);
  return cached;
}

function readAccess(env: Env): Access {
  try {
    return accessFromTexts(textsOf(env));
  } catch (error) {
    console.error(`ACCESS: ${String(error)}`);
    // 503, so that exporters retry until the next deployment corrects the bindings.
    throw new Refusal(503, "access: this worker cannot read its tokens; run `pulumi up` again", {
      retryAfterSeconds: UNAVAILABLE_RETRY_AFTER_SECONDS,
    });
  }
}

export function accessFromTexts(texts: readonly string[]): Access {
  const problems: string[] = [];
  const access = accessFrom(texts, problems);
  for (const problem of problems) {
    console.error(`ACCESS: ${problem}; it is not used. Run \`pulumi up\` to write it again`);
  }
  return access;
}

/** The first binding has the number of bindings, so that a missing one is noticed. */
function textsOf(env: Env): string[] {
  const { parts = 1 } = JSON.parse(env.ACCESS) as { readonly parts?: number };
  const texts = [env.ACCESS];
  for (let number = 1; number < parts; number++) {
    const text = env[`ACCESS_${number}`];
    if (text === undefined) {
      throw new Error(`ACCESS_${number} of ${parts} is missing; run \`pulumi up\``);
    }
    texts.push(text);
  }
  return texts;
}
