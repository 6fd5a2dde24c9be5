/** Product events on their way into the buffer. */
import type { Caller } from "../auth.ts";
import { free } from "../body.ts";
import { contentCoding, decode } from "../content_coding.ts";
import { append, keyFrom, requireContentType } from "../ingest.ts";
import { MAX_BULK_BODY_BYTES, MAX_EVENT_BYTES } from "../limits.ts";
import { holdInstead, readBody } from "../read_body.ts";
import { tallyOf } from "../telemetry/requests.ts";
import {
  accountEventFromJson,
  eventFromJson,
  eventsFromJson,
  linesFromEvents,
  type ParsedEvents,
} from "./parse.ts";

const STORED = JSON.stringify({ status: "stored" });
/** Its headers are copied; read from an object, they cost 1 us of CPU an answer. */
const JSON_ANSWER = new Response(null, { headers: { "content-type": "application/json" } });

/** `POST /events`: one event. */
export async function ingestEvent(request: Request, env: Env, caller: Caller): Promise<Response> {
  await ingest(request, env, caller, { limitBytes: MAX_EVENT_BYTES, parse: eventFromJson });
  return new Response(STORED, JSON_ANSWER);
}

/**
 * `POST /events/bulk`: many events, all of which are stored or none.
 *
 * One body is one write and one status: a client that knows nothing of us can send it again after
 * any error, and it is recognised whole. With a result per event, what is left to send would be
 * another body, and a lost answer would leave its sender to guess.
 */
export async function ingestEvents(request: Request, env: Env, caller: Caller): Promise<Response> {
  const limits = { limitBytes: MAX_BULK_BODY_BYTES, parse: eventsFromJson };
  return Response.json({ status: "stored", events: await ingest(request, env, caller, limits) });
}

/** `POST /event`: request and answer of the service that this one replaces. */
export async function ingestAccountEvent(
  request: Request,
  env: Env,
  caller: Caller,
): Promise<Response> {
  await ingest(request, env, caller, { limitBytes: MAX_EVENT_BYTES, parse: accountEventFromJson });
  return Response.json({ message: "success" });
}

/** Returns how many events the body held. */
async function ingest(
  request: Request,
  env: Env,
  caller: Caller,
  form: {
    readonly limitBytes: number;
    readonly parse: (json: Uint8Array, nowMs: number) => ParsedEvents;
  },
): Promise<number> {
  requireContentType(request, ["application/json"]);
  const coding = contentCoding(request);
  const limitBytes = Math.min(form.limitBytes, caller.maxBodyBytes ?? form.limitBytes);
  const sent = await readBody(request, limitBytes, caller.team.name);
  tallyOf(caller.team).add("ingest_received_bytes_total", sent.byteLength, "events");
  const { rows, haveOwnTimestamps } = parsed(
    decode(sent, coding, limitBytes).bytes,
    sent,
    form.parse,
  );
  const bytes = linesFromEvents(rows);
  const key = haveOwnTimestamps ? keyFrom(sent, coding) : null;
  holdInstead(request, bytes, caller.team.name);
  await append(env, caller, {
    kind: "events",
    encoding: "raw",
    bytes,
    rawBytes: bytes.byteLength,
    rows: rows.length,
    key,
  });
  return rows.length;
}

/** The memory of what was decoded is given back at once; `readBody` gives back what was sent. */
function parsed(
  decoded: Uint8Array,
  sent: Uint8Array,
  parse: (json: Uint8Array, nowMs: number) => ParsedEvents,
): ParsedEvents {
  try {
    return parse(decoded, Date.now());
  } finally {
    if (decoded !== sent) {
      free(decoded);
    }
  }
}
