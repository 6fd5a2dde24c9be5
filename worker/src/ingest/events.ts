/** Receives product events, and appends them to a buffer. */
import { createHash } from "node:crypto";
import type { Caller } from "../access/auth.ts";
import { countersOf } from "../append/request_counts.ts";
import { free } from "../body/bytes.ts";
import { contentCoding, decode } from "../body/content_coding.ts";
import { readBody, replaceHeldBody } from "../body/read_body.ts";
import { HttpError } from "../errors.ts";
import { type Bulk, bulkFrom } from "../events/bulk.ts";
import { bodyFrom, textFrom } from "../events/json.ts";
import {
  type Arrival,
  type EventLine,
  lineFromAccountEvent,
  lineFromEvent,
  type RejectReason,
  reasonOf,
} from "../events/parse.ts";
import { BULK_PARAMETERS, LINES_TYPES, TEXT_TYPE } from "../events/schema.ts";
import { MAX_BULK_BODY_BYTES, MAX_EVENT_BYTES } from "../limits.ts";
import { JSON_TYPE } from "../openapi/operation.ts";
import { check } from "../openapi/schema.ts";
import type { DayRange } from "../time/days.ts";
import { windowOf } from "../time/time_window.ts";
import {
  appendForTeam,
  type BodyForm,
  contentTypeOf,
  keyFrom,
  requireContentType,
} from "./otlp.ts";

const STORED = JSON.stringify({ status: "stored" });
/** Headers are copied from here; built from an object, they would cost 1 us of CPU per response. */
const JSON_RESPONSE = new Response(null, { headers: { "content-type": JSON_TYPE } });

/** `POST /events`: one event. */
export async function ingestEvent(request: Request, env: Env, caller: Caller): Promise<Response> {
  const parse = (value: unknown, arrival: Arrival): EventLine =>
    lineFromEvent(value, arrival, "body");
  await ingestOne(request, env, caller, { form: "event", parse });
  return new Response(STORED, JSON_RESPONSE);
}

/** `POST /event`: compatible with an earlier service. */
export async function ingestAccountEvent(
  request: Request,
  env: Env,
  caller: Caller,
): Promise<Response> {
  await ingestOne(request, env, caller, { form: "account event", parse: lineFromAccountEvent });
  return Response.json({ message: "success" });
}

/**
 * `POST /events/bulk`: stores the valid events, and names the others in the response.
 *
 * A body is one write, and a repeat gets the same response. So a client can repeat it after any error
 * without special handling.
 */
export async function ingestEvents(request: Request, env: Env, caller: Caller): Promise<Response> {
  const isAtomic = isAtomicFrom(request);
  requireContentType(request, [JSON_TYPE, TEXT_TYPE, ...LINES_TYPES]);
  const areLines = LINES_TYPES.includes(contentTypeOf(request));
  const { value: bulk, key } = await read(request, env, caller, {
    form: "events",
    limitBytes: MAX_BULK_BODY_BYTES,
    parse: (json, arrival) => bulkFrom(json, areLines, arrival),
  });
  for (const [reason, rows] of bulk.byReason) {
    countRejected(caller, rows, reason);
  }
  if (bulk.lines.length === 0 || (isAtomic && bulk.rejected > 0)) {
    return Response.json(
      { error: nothingStored(bulk, isAtomic), ...report(bulk) },
      { status: 400 },
    );
  }
  await store(request, env, caller, {
    ...bulk,
    key: bulk.haveIdentity ? keyOfPart(key, bulk) : null,
  });
  return Response.json({ status: "stored", events: bulk.lines.length, ...report(bulk) });
}

/**
 * Add the rejected events to the key. A repeat may have more or fewer events inside the time window.
 * It is another body then: its new events are stored, and the others merge by their ids.
 */
function keyOfPart(key: string, { rejectedIndexes }: Bulk): string {
  if (rejectedIndexes === "") {
    return key;
  }
  const hex = createHash("sha256").update(`${key} ${rejectedIndexes}`).digest("hex");
  return key[0] + hex.slice(0, key.length - 1);
}

function isAtomicFrom(request: Request): boolean {
  const atomic = new URL(request.url).searchParams.get("atomic");
  if (atomic === null) {
    return false;
  }
  check(BULK_PARAMETERS, { atomic }, "body");
  return atomic === "true";
}

function report({ rejected, errors }: Bulk): Record<string, unknown> {
  return { rejected, errors, errors_omitted: rejected - errors.length };
}

function nothingStored({ lines, rejected, errors }: Bulk, isAtomic: boolean): string {
  const total = lines.length + rejected;
  const rule = isAtomic ? "with atomic=true none of them is stored" : "correct or remove them";
  return `body: ${rejected} of ${total} events are invalid; ${rule}; the first: ${errors[0]?.error}`;
}

async function ingestOne(
  request: Request,
  env: Env,
  caller: Caller,
  { form, parse }: { form: BodyForm; parse: (value: unknown, arrival: Arrival) => EventLine },
): Promise<void> {
  requireContentType(request, [JSON_TYPE, TEXT_TYPE]);
  const { value: event, key } = await read(request, env, caller, {
    form,
    limitBytes: MAX_EVENT_BYTES,
    parse: (json, arrival) => counted(caller, () => parse(bodyFrom(textFrom(json)), arrival)),
  });
  const { line, days, hasIdentity } = event;
  await store(request, env, caller, { lines: [line], days, key: hasIdentity ? key : null });
}

function counted<T>(caller: Caller, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof HttpError) {
      countRejected(caller, 1, reasonOf(error));
    }
    throw error;
  }
}

function countRejected(caller: Caller, rows: number, reason: RejectReason): void {
  countersOf(caller.team).add("ingest_rejected_rows_total", rows, "events", reason);
}

/** Return the events of the body, and the key by which a repeat of the body is recognised. */
async function read<T>(
  request: Request,
  env: Env,
  caller: Caller,
  body: {
    readonly form: BodyForm;
    readonly limitBytes: number;
    readonly parse: (json: Uint8Array, arrival: Arrival) => T;
  },
): Promise<{ value: T; key: string }> {
  const coding = contentCoding(request);
  const limitBytes = Math.min(body.limitBytes, caller.maxBodyBytes ?? body.limitBytes);
  const sent = await readBody(request, limitBytes, caller.team.name);
  countersOf(caller.team).add("ingest_received_bytes_total", sent.byteLength, "events");
  const nowMs = Date.now();
  const arrival = { nowMs, window: windowOf(env, "events", nowMs) };
  const json = decode(sent, coding, limitBytes).bytes;
  try {
    return { value: body.parse(json, arrival), key: keyFrom(sent, coding, body.form) };
  } finally {
    if (json !== sent) {
      free(json); // step 3 of `body/read_body.ts`
    }
  }
}

const encoder = new TextEncoder();

async function store(
  request: Request,
  env: Env,
  caller: Caller,
  {
    lines,
    days,
    key,
  }: {
    readonly lines: readonly string[];
    readonly days: DayRange | null;
    readonly key: string | null;
  },
): Promise<void> {
  const bytes = encoder.encode(lines.join(""));
  replaceHeldBody(request, bytes, caller.team.name);
  await appendForTeam(env, caller, {
    kind: "events",
    encoding: "raw",
    bytes,
    rawBytes: bytes.byteLength,
    rows: lines.length,
    days,
    key,
  });
}
