/**
 * What an isolate counts of the requests it answers: in memory, by team, and every few seconds in
 * one call to a buffer of that team, which keeps the sums.
 *
 * The call is made under `waitUntil` of the request that counted first, so that counts do not wait
 * for a next request; counts of an isolate that ends in between are lost. If the call fails they
 * are sent again, and may then be counted twice: they are counts, not telemetry.
 */
import { waitUntil } from "cloudflare:workers";
import { accessOf } from "../access/config.ts";
import type { Team } from "../access/types.ts";
import { bufferNames } from "../buffer/names.ts";
import { bufferNamed } from "../buffer/stubs.ts";
import { COUNTS_FLUSH_MS } from "../limits.ts";
import { Counters } from "../telemetry/counters.ts";

/** What is known of a request once it has been answered. */
export interface Call {
  readonly startedMs: number;
  /** Path of a route; empty where none was found, for anybody can make up paths. */
  route: string;
  /** Empty until the token has told. */
  team: string;
}

/** As https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ has it for unknown methods. */
const OTHER_METHOD = "_OTHER";
const METHODS = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]);

interface Counted {
  readonly counters: Counters;
  /** When somebody set out to send it; null: nobody has. */
  sentMs: number | null;
}

const countedByTeam = new Map<string, Counted>();

export function startCall(): Call {
  return { startedMs: Date.now(), route: "", team: "" };
}

/** Requests whose team nobody can tell are the first team's, the one that is always there. */
export function countCall(call: Call, request: Request, status: number, env: Env): void {
  const nowMs = Date.now();
  const counted = countedOf(call.team);
  const method = METHODS.has(request.method) ? request.method : OTHER_METHOD;
  counted.counters.observe(
    "http_server_request_duration_seconds",
    Math.max(0, nowMs - call.startedMs) / 1000,
    method,
    call.route,
    String(status),
  );
  // Whoever set out long ago has died on the way.
  if (counted.sentMs === null || Math.abs(nowMs - counted.sentMs) > 2 * COUNTS_FLUSH_MS) {
    counted.sentMs = nowMs;
    waitUntil(sendLater(env, call.team));
  }
}

/** For counts that are known before the answer is; `countCall` follows. */
export function countersOf(team: Team): Counters {
  return countedOf(team.name).counters;
}

function countedOf(team: string): Counted {
  let counted = countedByTeam.get(team);
  if (counted === undefined) {
    counted = { counters: new Counters(), sentMs: null };
    countedByTeam.set(team, counted);
  }
  return counted;
}

async function sendLater(env: Env, team: string): Promise<void> {
  await scheduler.wait(COUNTS_FLUSH_MS);
  await send(env, team);
}

/** Sends all that this isolate has counted. */
export async function sendCounts(env: Env): Promise<void> {
  await Promise.all([...countedByTeam.keys()].map((team) => send(env, team)));
}

async function send(env: Env, name: string): Promise<void> {
  const counted = countedOf(name);
  counted.sentMs = null;
  const { teams } = accessOf(env);
  const team = teams.get(name) ?? [...teams.values()][0];
  const [buffer] = team === undefined ? [] : bufferNames(team);
  const sums = counted.counters.take();
  if (buffer === undefined || Object.keys(sums).length === 0) {
    return;
  }
  try {
    await bufferNamed(env, buffer).count(sums);
  } catch (error) {
    counted.counters.merge(sums);
    console.warn(`counts wait: ${String(error)}`);
  }
}
