/** Shared by the endpoints of the admin API: reads a request, finds its buffer and calls it. */
import { accessOf } from "../access/config.ts";
import type { Team } from "../access/types.ts";
import { readBody } from "../body/read_body.ts";
import type { BufferAdmin } from "../buffer/admin.ts";
import { bufferNames } from "../buffer/names.ts";
import { bufferNamed } from "../buffer/stubs.ts";
import { HttpError } from "../errors.ts";
import { requireContentType } from "../ingest/otlp.ts";
import { MAX_ADMIN_BODY_BYTES, UNAVAILABLE_RETRY_AFTER_SECONDS } from "../limits.ts";
import { check, type Schema, shown } from "../openapi/schema.ts";

/** Read the body, and check it against a schema. */
export async function jsonBody(request: Request, schema: Schema): Promise<Record<string, unknown>> {
  requireContentType(request, ["application/json"]);
  const bytes = await readBody(request, MAX_ADMIN_BODY_BYTES);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    throw new HttpError(400, "body: not JSON in UTF-8; send an object like `{}`");
  }
  check(schema, value, "body");
  return value as Record<string, unknown>;
}

/** Return one team, or all teams if `name` is undefined. */
export function teamsNamed(env: Env, name: unknown): Team[] {
  const { teams } = accessOf(env);
  if (name === undefined) {
    return [...teams.values()];
  }
  const team = teams.get(String(name));
  if (team === undefined) {
    throw unknown("team", name, [...teams.keys()]);
  }
  return [team];
}

/** @throws HttpError 404 no buffer has this name. */
export function requireBuffer(env: Env, name: unknown): string {
  const known = teamsNamed(env, undefined).flatMap(bufferNames);
  const found = known.find((each) => each === name);
  if (found === undefined) {
    throw unknown("buffer", name, known);
  }
  return found;
}

function unknown(field: string, name: unknown, known: readonly string[]): HttpError {
  return new HttpError(
    404,
    `${field}: ${shown(name)} does not exist; allowed: ${known.join(", ")}`,
  );
}

/** Call a buffer's admin methods in `act`. @throws HttpError 503 the buffer does not respond. */
export async function callBuffer<T>(
  env: Env,
  name: string,
  act: (admin: BufferAdmin) => T,
): Promise<Awaited<T>> {
  // The RPC stub has the methods of the class, and each returns a promise.
  const admin = bufferNamed(env, name).admin() as unknown as BufferAdmin & Disposable;
  try {
    return await act(admin);
  } catch (error) {
    console.error(`admin of ${name} failed: ${String(error)}`);
    throw new HttpError(
      503,
      `buffer: ${name} is not reachable at the moment; send the request again`,
      {
        retryAfterSeconds: UNAVAILABLE_RETRY_AFTER_SECONDS,
      },
    );
  } finally {
    admin[Symbol.dispose]();
  }
}
