/**
 * What is reported to Sentry, where the deployment has a DSN: bugs, buffers that stay away, batches
 * that do not get into their table, bodies that were set aside.
 *
 * A report says where and which kind, and nothing that anybody sent: no body, no token, no address,
 * and no text of ClickHouse's, which quotes rows. It is sent beside the request, which never waits
 * for it; if it cannot be sent, that is a line in the log.
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
/** After a 429. A moment and a length, so that a clock that is set back does not make it longer. */
let quiet = { fromMs: 0, ms: 0 };

/** Something was thrown that nobody foresaw. */
export function reportBug(env: Env, error: unknown, place: string): void {
  const type = error instanceof Error ? error.name : typeof error;
  const frames = error instanceof Error ? framesFrom(error) : [];
  const innermost = frames.at(-1)?.function ?? "";
  const value = error instanceof Error ? withoutData(error) : "thrown without being an error";
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

/** Of failed calls, by team. */
const episodes = new Map<string, Episode>();

/** A call to a buffer failed. A restart is over in a moment; what lasts longer is reported. */
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
  /** Before the one that failed. */
  readonly attempts: number;
}

/** A batch failed once more; it is reported when it has failed 8 times, 16, 32 … */
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
    value: `${table}: a body was refused with ${code}; see GET /admin/dead-letters`,
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
    isNews(`${found.type} ${found.cause}`, nowMs)
  ) {
    waitUntil(deliver(dsn, found, nowMs));
  }
}

function isNews(cause: string, nowMs: number): boolean {
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
      console.warn(`Sentry takes no more for ${quietSeconds} s`);
    } else {
      console.error(`${found.type} is reported as ${eventId}`);
    }
  } catch (error) {
    console.warn(`a report of ${found.type} was not taken: ${String(error)}`);
  }
}

/**
 * V8 quotes names and what it parsed. Names are worth having, but they can be keys of somebody's
 * data, and what was parsed always is.
 */
function withoutData(error: Error): string {
  if (error instanceof SyntaxError) {
    return "the log has its text";
  }
  return error.message
    .replace(/["'`].*["'`]/s, '"…"')
    .replace(/\w+:\/\/\S+/g, "<url>")
    .slice(0, MAX_REPORT_TEXT_LENGTH);
}
