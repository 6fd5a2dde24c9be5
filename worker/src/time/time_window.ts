/**
 * The times that a row may have: from its table's retention up to a day ahead of the clock.
 *
 * The sender's clock is not trusted. A row older than its retention would be stored and deleted by
 * the next merge, a row in the far future would be kept too long, and each day of the rows of an
 * insert is a separate part.
 */
import { MAX_AHEAD_MS } from "../limits.ts";
import type { SignalKind } from "../tables/index.ts";

export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

const DAY_MS = 24 * 3600 * 1000;
const KINDS: readonly SignalKind[] = ["traces", "logs", "metrics", "events"];

type Retention = Readonly<Record<SignalKind, number>>;

let cached: { readonly text: string; readonly days: Retention } | undefined;

/** @throws Error the binding `RETENTION_DAYS` is missing or invalid: a bug of the deployment. */
export function windowOf(env: Env, kind: SignalKind, nowMs: number): TimeWindow {
  return {
    fromMs: nowMs - Math.floor(retentionDays(env)[kind] * DAY_MS),
    toMs: nowMs + MAX_AHEAD_MS,
  };
}

/** By kind. Each isolate reads the binding once: a changed one is a new version of the script. */
function retentionDays(env: Env): Retention {
  if (cached === undefined || cached.text !== env.RETENTION_DAYS) {
    cached = { text: env.RETENTION_DAYS, days: retentionFromText(env.RETENTION_DAYS) };
  }
  return cached.days;
}

/** @throws Error the string is not an object with a number of days above 0 for each kind. */
export function retentionFromText(text: string | undefined): Retention {
  const days = parsed(text) as Partial<Retention> | null;
  for (const kind of KINDS) {
    const found: unknown = days?.[kind];
    if (typeof found !== "number" || !(found > 0)) {
      throw new Error(
        `RETENTION_DAYS: days of ${kind} are ${JSON.stringify(found)}, allowed: a number above 0; ` +
          `the binding is ${text}`,
      );
    }
  }
  return days as Retention;
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch (error) {
    throw new Error(`RETENTION_DAYS: not JSON: ${text}`, { cause: error });
  }
}
