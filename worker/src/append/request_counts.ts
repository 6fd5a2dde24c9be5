/**
 * Counts the requests of an isolate, in memory and by team. Every few seconds the counts are sent in
 * one call to a buffer of the team, which stores the sums.
 *
 * The call runs under `waitUntil` of the request that counted first, so that counts do not wait for
 * another request. The counts of an isolate that ends in between are lost. Counts whose call failed
 * are sent again, and may be counted twice: they are metrics, not telemetry of clients.
 */
import { waitUntil } from "cloudflare:workers";
import { accessOf } from "../access/config.ts";
import type { Team } from "../access/types.ts";
import { bufferNames } from "../buffer/names.ts";
import { bufferNamed } from "../buffer/stubs.ts";
import { COUNTS_FLUSH_MS } from "../limits.ts";
import { Counters } from "../telemetry/counters.ts";

/** The labels of a request, which are complete when it has a response. */
export interface Call {
  readonly startedMs: number;
  /** Path of the route; empty if there is none, because clients can send any path. */
  route: string;
  /** Empty until the token is authenticated. */
  team: string;
}

/** For unknown methods: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
const OTHER_METHOD = "_OTHER";
const METHODS = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]);

interface Counted {
  readonly counters: Counters;
  /** When a request began to send the counts; null: none is sending. */
  sentMs: number | null;
}

const countedByTeam = new Map<string, Counted>();

export function startCall(): Call {
  return { startedMs: Date.now(), route: "", team: "" };
}

/** Requests without a team are sent to the buffer of the first team, which always exists. */
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
  // A request that began long ago was ended before it sent the counts.
  if (counted.sentMs === null || Math.abs(nowMs - counted.sentMs) > 2 * COUNTS_FLUSH_MS) {
    counted.sentMs = nowMs;
    waitUntil(sendLater(env, call.team));
  }
}

/** Returns the counters of a team, for counts before the response; `countCall` sends them. */
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

/** Sends all counts of this isolate. */
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
    console.warn(`counts were not sent, and are sent again: ${String(error)}`);
  }
}
