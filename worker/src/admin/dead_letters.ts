/** `/admin/dead-letters`: bodies that ClickHouse rejected. */
import { decodeStored } from "../body/content_coding.ts";
import type { BufferAdmin } from "../buffer/admin.ts";
import type { DeadLetter } from "../buffer/dead_letters.ts";
import type { FilterResult } from "../buffer/redrive.ts";
import { HttpError } from "../errors.ts";
import { FULL_RETRY_AFTER_SECONDS } from "../limits.ts";
import { parametersFrom } from "../openapi/parameters.ts";
import { check } from "../openapi/schema.ts";
import { callBuffer, jsonBody, requireBuffer } from "./requests.ts";
import { LETTER_PARAMETERS, LETTERS_BODY, LETTERS_PARAMETERS } from "./schema.ts";
import { type Filtered, type Selection, selectionFrom } from "./selection.ts";

export async function listDeadLetters(request: Request, env: Env): Promise<Response> {
  const { buffer, after } = parametersOf(request, LETTERS_PARAMETERS);
  const name = requireBuffer(env, buffer);
  const letters = await callBuffer(env, name, (admin) => admin.deadLetters(after ?? null));
  return Response.json({ buffer: name, dead_letters: letters.map(shownLetter) });
}

/** Returns the body as it was sent, or in the form that this worker compressed. */
export async function deadLetterBody(request: Request, env: Env): Promise<Response> {
  const { buffer, id = "" } = parametersOf(request, LETTER_PARAMETERS);
  const name = requireBuffer(env, buffer);
  const found = await callBuffer(env, name, (admin) => admin.deadLetterBody(id));
  if (found === null) {
    const how = "`GET /admin/dead-letters` lists the existing ones";
    throw new HttpError(404, `id: ${id}; ${name} has no such dead letter; ${how}`);
  }
  const { body, letter } = found;
  return new Response(letter.encoding === "zstd" ? decodeStored(body, "zstd") : body, {
    headers: { "content-type": contentType(letter) },
  });
}

export async function redriveDeadLetters(request: Request, env: Env): Promise<Response> {
  const selection = await selectionOf(request, env);
  if ("filter" in selection) {
    const act = (admin: BufferAdmin): FilterResult => admin.redriveMatching(selection.filter);
    return await sweep(env, selection, "redriven", act);
  }
  const { buffer, ids } = selection;
  const redriven = await callBuffer(env, buffer, (admin) => admin.redrive(ids));
  if (redriven === null) {
    throw new HttpError(429, `buffer: ${buffer} has too many open batches; try again later`, {
      retryAfterSeconds: FULL_RETRY_AFTER_SECONDS,
    });
  }
  return Response.json({ redriven, unknown: missing(ids, redriven) });
}

export async function dropDeadLetters(request: Request, env: Env): Promise<Response> {
  const selection = await selectionOf(request, env);
  if ("filter" in selection) {
    const act = (admin: BufferAdmin): FilterResult => admin.dropMatching(selection.filter);
    return await sweep(env, selection, "dropped", act);
  }
  const { buffer, ids } = selection;
  const dropped = await callBuffer(env, buffer, (admin) => admin.drop(ids));
  return Response.json({ dropped, unknown: missing(ids, dropped) });
}

async function selectionOf(request: Request, env: Env): Promise<Selection> {
  return selectionFrom(env, await jsonBody(request, LETTERS_BODY), Date.now());
}

/** Processes a bounded number of dead letters per buffer. `older_than` lets the next call continue. */
async function sweep(
  env: Env,
  { buffers, filter }: Filtered,
  done: "redriven" | "dropped",
  act: (admin: BufferAdmin) => FilterResult,
): Promise<Response> {
  const swept = await Promise.all(
    buffers.map(async (buffer) => ({ buffer, ...(await callBuffer(env, buffer, act)) })),
  );
  return Response.json({
    buffers: swept.map(({ buffer, ids, remaining }) => ({ buffer, [done]: ids, remaining })),
    remaining: swept.reduce((total, { remaining }) => total + remaining, 0),
    older_than: new Date(filter.beforeMs).toISOString(),
  });
}

function parametersOf(
  request: Request,
  schema: Parameters<typeof check>[0],
): Record<string, string> {
  const parameters = parametersFrom(new URL(request.url).searchParams);
  check(schema, parameters, "body");
  return parameters;
}

function missing(ids: readonly string[], found: readonly string[]): string[] {
  return ids.filter((id) => !found.includes(id));
}

function shownLetter({ atMs, ...letter }: DeadLetter): Record<string, unknown> {
  return { ...letter, at: new Date(atMs).toISOString() };
}

function contentType({ encoding, kind }: DeadLetter): string {
  if (encoding === "gzip") {
    return "application/gzip";
  }
  return kind === "events" || kind === "health" ? "application/x-ndjson" : "application/x-protobuf";
}
