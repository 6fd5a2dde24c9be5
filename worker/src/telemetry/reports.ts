/**
 * Reports errors to Sentry, if the deployment has a DSN: bugs, buffers that stay unreachable, batches
 * that repeatedly fail, and new dead letters.
 *
 * A report has the location and the kind of an error, but no data of clients: no body, no token, no
 * address, and no message of ClickHouse, which quotes rows. The request does not wait for the report.
 * A report that cannot be sent is logged.
 */
import { waitUntil } from "cloudflare:workers";
import {
  MAX_REPORT_TEXT_LENGTH,
  MAX_REPORTED_CAUSES,
  REPORT_EVERY_MS,
  REPORT_FROM_ATTEMPTS,
  UNREACHABLE_MS,
  UNREACHABLE_OVER_MS,
} from "../limits.ts";
import type { Table } from "../tables/index.ts";
import { errorCodeFrom } from "./error_codes.ts";
import { type Dsn, dsnFrom, envelopeFrom, framesFrom, type Report, send } from "./sentry.ts";

/** When each cause was last reported, by this isolate. */
const reportedMs = new Map<string, number>();
/** The time without reports after a 429. It has a start, so that a clock set back does not extend it. */
let quiet = { fromMs: 0, ms: 0 };

/** Report an unexpected error. */
export function reportBug(env: Env, error: unknown, place: string): void {
  const type = error instanceof Error ? error.name : typeof error;
  const frames = error instanceof Error ? framesFrom(error) : [];
  const innermost = frames.at(-1)?.function ?? "";
  const value =
    error instanceof Error ? withoutData(error) : "a value that is not an Error was thrown";
  report(env, {
    level: "error",
    type,
    value,
    tags: { place },
    cause: `${place} ${innermost}`,
    frames,
  });
}

interface Episode {
  readonly sinceMs: number;
  lastMs: number;
}

/** By team: the current episode of failed calls. */
const episodes = new Map<string, Episode>();

/** Report a failed call to a buffer, if calls have failed for longer than a restart takes. */
export function reportUnreachable(env: Env, team: string, error: unknown): void {
  const nowMs = Date.now();
  const known = episodes.get(team);
  if (known === undefined || Math.abs(nowMs - known.lastMs) > UNREACHABLE_OVER_MS) {
    episodes.set(team, { sinceMs: nowMs, lastMs: nowMs });
    return;
  }
  known.lastMs = nowMs;
  if (nowMs - known.sinceMs >= UNREACHABLE_MS) {
    reportBug(env, error, `buffer of ${team}`);
  }
}

/** A batch whose insert failed. */
export interface FailedBatch {
  readonly table: Table;
  /** The number of earlier attempts. */
  readonly attempts: number;
}

/** Report a batch after 8, 16, 32 … failed attempts. */
export function reportFailure(env: Env, buffer: string, batch: FailedBatch, error: string): void {
  const attempts = batch.attempts + 1;
  const isPowerOfTwo = (attempts & (attempts - 1)) === 0;
  if (attempts >= REPORT_FROM_ATTEMPTS && isPowerOfTwo) {
    const code = errorCodeFrom(error);
    report(env, {
      level: "error",
      type: "DeliveryFailure",
      value: `${batch.table}: ${attempts} attempts failed, the last with ${code}`,
      tags: { buffer, table: batch.table, code },
      cause: `${batch.table} ${code}`,
      frames: [],
    });
  }
}

export function reportDeadLetter(
  env: Env,
  buffer: string,
  { table }: Pick<FailedBatch, "table">,
  error: string,
): void {
  const code = errorCodeFrom(error);
  report(env, {
    level: "warning",
    type: "DeadLetter",
    value: `${table}: a body was rejected with ${code}; see GET /admin/dead-letters`,
    tags: { buffer, table, code },
    cause: `${table} ${code}`,
    frames: [],
  });
}

function report(env: Env, found: Report): void {
  const dsn = env.SENTRY_DSN === undefined ? null : dsnFrom(env.SENTRY_DSN);
  const nowMs = Date.now();
  if (
    dsn !== null &&
    Math.abs(nowMs - quiet.fromMs) >= quiet.ms &&
    isNew(`${found.type} ${found.cause}`, nowMs)
  ) {
    waitUntil(deliver(dsn, found, nowMs));
  }
}

function isNew(cause: string, nowMs: number): boolean {
  const known = reportedMs.get(cause);
  if (known !== undefined && Math.abs(nowMs - known) < REPORT_EVERY_MS) {
    return false;
  }
  for (const [each, atMs] of reportedMs) {
    if (Math.abs(nowMs - atMs) >= REPORT_EVERY_MS) {
      reportedMs.delete(each);
    }
  }
  if (reportedMs.size >= MAX_REPORTED_CAUSES) {
    return false;
  }
  reportedMs.set(cause, nowMs);
  return true;
}

async function deliver(dsn: Dsn, found: Report, nowMs: number): Promise<void> {
  const eventId = crypto.randomUUID().replaceAll("-", "");
  try {
    const quietSeconds = await send(dsn, envelopeFrom(found, eventId, nowMs));
    if (quietSeconds > 0) {
      quiet = { fromMs: Date.now(), ms: quietSeconds * 1000 };
      console.warn(`Sentry accepts no reports for ${quietSeconds} s`);
    } else {
      console.error(`${found.type} was reported as ${eventId}`);
    }
  } catch (error) {
    console.warn(`a report of ${found.type} was not accepted: ${String(error)}`);
  }
}

/**
 * Remove data of clients from an error message. V8 quotes names, which can be keys of a client's data.
 * It also quotes the input of a parser, which is always data of a client.
 */
function withoutData(error: Error): string {
  if (error instanceof SyntaxError) {
    return "the log has its message";
  }
  return error.message
    .replace(/["'`].*["'`]/s, '"…"')
    .replace(/\w+:\/\/\S+/g, "<url>")
    .slice(0, MAX_REPORT_TEXT_LENGTH);
}
