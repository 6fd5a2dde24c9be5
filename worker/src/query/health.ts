/**
 * `GET /health`: whether the buffer and ClickHouse can be reached.
 *
 * The endpoint needs no token, so it reports nothing else: no address, no version, no depth. The
 * status is 200 as long as telemetry is accepted. That includes times when ClickHouse is down, because
 * the buffer stores telemetry. The status is 503 if the buffer does not respond.
 */
import { accessOf } from "../access/config.ts";
import { openBuffers } from "../buffer/stubs.ts";
import { HEALTH_MS, HEALTH_TIMEOUT_MS } from "../limits.ts";

type Verdict = "ok" | "unreachable";

interface BufferCounters {
  readonly status: "ok" | "degraded" | "unavailable";
  readonly buffer: Verdict;
  readonly clickhouse: Verdict;
}

let last: { readonly atMs: number; readonly health: BufferCounters } | undefined;

export async function health(_request: Request, env: Env): Promise<Response> {
  // Any client may call this at any rate, so the result is cached.
  if (last === undefined || Math.abs(Date.now() - last.atMs) > HEALTH_MS) {
    last = { health: await observe(env), atMs: Date.now() };
  }
  const { health: found } = last;
  return Response.json(found, { status: found.buffer === "ok" ? 200 : 503 });
}

async function observe(env: Env): Promise<BufferCounters> {
  const [buffer, clickhouse] = await Promise.all([
    verdict(() => pingBuffer(env)),
    verdict(() => pingClickHouse(env)),
  ]);
  const status = buffer !== "ok" ? "unavailable" : clickhouse !== "ok" ? "degraded" : "ok";
  return { status, buffer, clickhouse };
}

async function verdict(ping: () => Promise<boolean>): Promise<Verdict> {
  try {
    return (await ping()) ? "ok" : "unreachable";
  } catch (error) {
    console.warn(`health: ${String(error)}`);
    return "unreachable";
  }
}

async function pingBuffer(env: Env): Promise<boolean> {
  const [team] = accessOf(env).teams.values();
  const buffers = team === undefined ? [] : openBuffers(env, team);
  const alive = await Promise.all(buffers.map((buffer) => buffer.ping()));
  return alive.length > 0 && alive.every(Boolean);
}

async function pingClickHouse(env: Env): Promise<boolean> {
  const response = await fetch(`${env.CLICKHOUSE_URL}/ping`, {
    redirect: "manual",
    signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
  });
  await response.body?.cancel();
  return response.status === 200;
}
