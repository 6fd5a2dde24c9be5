/** Checks a body, converts it to its stored form, and appends it to a buffer. */
import { createHash } from "node:crypto";
import { aboveRate, type Caller } from "../access/auth.ts";
import { countersOf } from "../append/request_counts.ts";
import { appendToShard, type UnroutedBody } from "../append/shards.ts";
import { compressed, free } from "../body/bytes.ts";
import { type ContentCoding, contentCoding, decode } from "../body/content_coding.ts";
import { Deadline } from "../body/deadline.ts";
import { readBody, replaceHeldBody } from "../body/read_body.ts";
import type { Seen } from "../buffer/recent_bodies.ts";
import type { AppendResult } from "../buffer/rpc.ts";
import { HttpError, quoted } from "../errors.ts";
import {
  APPEND_MS,
  FULL_RETRY_AFTER_SECONDS,
  MAX_BODY_BYTES,
  MAX_RAW_BODY_BYTES,
  UNAVAILABLE_RETRY_AFTER_SECONDS,
} from "../limits.ts";
import { protobufFromJson } from "../otlp/json.ts";
import { type PartialSuccess, partialSuccessOf } from "../otlp/partial_success.ts";
import { canBeStoredAtOtherTimes, NOTHING_REJECTED, type Rejected } from "../otlp/rejected.ts";
import { JSON_TYPE, otlpEncodingOf, PROTOBUF } from "../otlp/response.ts";
import { type Rewritten, rewrite } from "../otlp/rewrite.ts";
import { type Scan, scan } from "../otlp/scan.ts";
import type { Signal } from "../otlp/schema.ts";
import type { SignalKind } from "../tables/index.ts";
import { reportUnreachable } from "../telemetry/reports.ts";
import { type TimeWindow, windowOf } from "../time/time_window.ts";

/**
 * Return the partial success to report; null if all rows are stored. A repeat gets that of the first
 * sending, although rows may have entered or left the time window since.
 *
 * @throws HttpError if nothing of the request was stored.
 */
export async function ingestOtlp(
  signal: Signal,
  request: Request,
  env: Env,
  caller: Caller,
): Promise<PartialSuccess | null> {
  requireContentType(request, [PROTOBUF, "application/protobuf", JSON_TYPE]);
  const isJson = otlpEncodingOf(request) === "json";
  const coding = contentCoding(request);
  const sent = await readBody(request, MAX_BODY_BYTES, caller.team.name);
  countersOf(caller.team).add("ingest_received_bytes_total", sent.byteLength, signal.kind);
  const nowMs = Date.now();
  const window = windowOf(env, signal.kind, nowMs);
  const { rejected, body } = storable(signal, sent, { isJson, coding, window, nowMs });
  const partialSuccess = partialSuccessOf(signal, rejected);
  if (body !== null) {
    replaceHeldBody(request, body.bytes, caller.team.name);
    const seen = await appendForTeam(env, caller, { ...body, partialSuccess });
    if (seen !== null) {
      return seen.seen;
    }
  }
  for (const [reason, rows] of rejected.byReason) {
    countersOf(caller.team).add("ingest_rejected_rows_total", rows, signal.kind, reason);
  }
  return partialSuccess;
}

/** The encoding and the time of arrival of a body. */
interface Arrival {
  readonly isJson: boolean;
  readonly coding: ContentCoding;
  readonly window: TimeWindow;
  readonly nowMs: number;
}

/**
 * Return the stored form of a body; null for a valid request without rows. The form has no bytes if no
 * row can be stored now, but the body may be a repeat of one whose rows were stored.
 */
function storable(
  signal: Signal,
  sent: Uint8Array,
  { isJson, coding, window, nowMs }: Arrival,
): { rejected: Rejected; body: UnroutedBody | null } {
  const { kind } = signal;
  const form = new Form(sent);
  try {
    const { bytes, storableAs } = decode(sent, coding, MAX_RAW_BODY_BYTES);
    form.replace(bytes);
    if (isJson) {
      form.replace(protobufFromJson(signal, bytes));
    }
    // The key of JSON is that of its protobuf, which has a third of the bytes and does not depend on
    // how a sender formats the repeat.
    const sentKey = isJson ? keyFrom(form.bytes, "identity", kind) : keyFrom(sent, coding, kind);
    const { needsRewrite, tables, ...scanned } = scan(signal, form.bytes, window);
    const stored = needsRewrite
      ? rewritten(signal, form.bytes, window, nowMs)
      : { ...scanned, bytes: form.bytes, rejected: NOTHING_REJECTED, hasArrivalTimes: false };
    form.replace(stored.bytes);
    const { rejected } = stored;
    // Equal log records without a time are not repeats: two senders may send the same message.
    const key = stored.hasArrivalTimes ? null : sentKey;
    if (stored.rows === 0) {
      const mayBeRepeat = key !== null && canBeStoredAtOtherTimes(rejected);
      return { rejected, body: mayBeRepeat ? { ...NO_ROWS, kind, key } : null };
    }
    const isAsSent = storableAs !== null && !isJson && !needsRewrite;
    const packed = isAsSent ? { encoding: storableAs, bytes: sent } : compressed(form.bytes);
    const { rows, days, repeatedBytes } = stored;
    const rawBytes = form.bytes.byteLength;
    return {
      rejected,
      body: { kind, ...packed, rawBytes, repeatedBytes, rows, tables, days, key },
    };
  } finally {
    form.replace(sent);
  }
}

/** A body of which the buffer only looks up the key. */
const NO_ROWS = {
  encoding: "raw",
  bytes: new Uint8Array(0),
  rawBytes: 0,
  rows: 0,
  days: null,
} as const;

/** The current form of a body during its conversion. Each form is freed when the next one exists. */
class Form {
  readonly #sent: Uint8Array;
  bytes: Uint8Array;

  constructor(sent: Uint8Array) {
    this.#sent = sent;
    this.bytes = sent;
  }

  replace(bytes: Uint8Array): void {
    if (this.bytes.buffer !== bytes.buffer && this.bytes !== this.#sent) {
      free(this.bytes);
    }
    this.bytes = bytes;
  }
}

function rewritten(
  signal: Signal,
  raw: Uint8Array,
  window: TimeWindow,
  nowMs: number,
): Rewritten & Pick<Scan, "repeatedBytes"> {
  const stored = rewrite(signal, raw, window, nowMs);
  // This scans again, because arrays became longer strings.
  const { repeatedBytes } = scan(signal, stored.bytes, window);
  return { ...stored, repeatedBytes };
}

/** Return the content type without its parameters. */
export function contentTypeOf(request: Request): string {
  return request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
}

export function requireContentType(request: Request, allowed: readonly string[]): void {
  if (!allowed.includes(contentTypeOf(request))) {
    const value = request.headers.get("content-type");
    const found = value === null ? "missing" : quoted(value);
    throw new HttpError(415, `content-type: ${found}; allowed: ${allowed.join(", ")}`);
  }
}

/** Magic, method, flags, time of compression, flags, system: https://www.rfc-editor.org/rfc/rfc1952 */
const GZIP_HEADER_BYTES = 10;

/** The kind of a body: the same bytes are different rows in each kind. */
export type BodyForm = SignalKind | "event" | "account event";

/** The first digit of a key, because an empty span and an empty log record have the same bytes. */
const KEY_PREFIXES: Record<BodyForm, string> = {
  traces: "0",
  events: "1",
  logs: "2",
  metrics: "3",
  event: "4",
  "account event": "5",
};

/**
 * Return the key by which a repeat of a body is recognised: a hash of the bytes as they were sent,
 * because a retry sends the same bytes.
 *
 * The hash omits the gzip header. The OpenTelemetry SDK for Python compresses again for every attempt,
 * and the header contains the time.
 */
export function keyFrom(sent: Uint8Array, coding: ContentCoding, form: BodyForm): string {
  const bytes = coding === "gzip" ? sent.subarray(GZIP_HEADER_BYTES) : sent;
  const hex = createHash("sha256").update(bytes).digest("hex");
  return KEY_PREFIXES[form] + hex.slice(0, 31);
}

/**
 * Append a body for a caller's team. Return the first response of a repeat, otherwise null.
 *
 * @throws HttpError 429 or 503 if the body was not stored, or may not have been.
 */
export async function appendForTeam(
  env: Env,
  caller: Caller,
  body: UnroutedBody,
): Promise<Seen | null> {
  const result = await tryAppend(env, caller, body);
  if (typeof result === "object") {
    if ("seen" in result) {
      return result;
    }
    throw aboveRate(caller, result.limited);
  }
  if (result === "full") {
    throw new HttpError(
      429,
      "buffer: full, because ClickHouse does not keep up; send again later",
      {
        retryAfterSeconds: FULL_RETRY_AFTER_SECONDS,
      },
    );
  }
  if (result === "failed") {
    // The object restarted or its disk is full. The body may be stored; if it is, its key is stored as
    // well, and the repeat is recognised.
    throw new HttpError(503, "buffer: not reachable at the moment; send again", {
      retryAfterSeconds: UNAVAILABLE_RETRY_AFTER_SECONDS,
    });
  }
  return null;
}

const appends = new Deadline(APPEND_MS, () => new Error(`no response in ${APPEND_MS / 1000} s`));

async function tryAppend(env: Env, caller: Caller, body: UnroutedBody): Promise<AppendResult> {
  try {
    return await appends.within(appendToShard(env, caller, body));
  } catch (error) {
    console.error(`append failed: ${String(error)}`);
    countersOf(caller.team).add("ingest_bodies_total", 1, body.kind, "failed");
    reportUnreachable(env, caller.team.name, error);
    return "failed";
  }
}
