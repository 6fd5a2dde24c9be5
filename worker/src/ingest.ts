/** A body, checked and in the form it is stored in; and its way into the buffer. */
import { createHash } from "node:crypto";
import { aboveRate, type Caller } from "./auth.ts";
import { compressed, free, gunzip, isSingleMember } from "./body.ts";
import type { AppendAnswer } from "./buffer.ts";
import { quoted, Refusal } from "./errors.ts";
import {
  FULL_RETRY_AFTER_SECONDS,
  MAX_BODY_BYTES,
  MAX_RAW_BODY_BYTES,
  UNAVAILABLE_RETRY_AFTER_SECONDS,
} from "./limits.ts";
import { JSON_TYPE, otlpEncodingOf, PROTOBUF } from "./otlp/answer.ts";
import { protobufFromJson } from "./otlp/json.ts";
import { rewrite } from "./otlp/rewrite.ts";
import { scan } from "./otlp/scan.ts";
import type { Signal } from "./otlp/schema.ts";
import { readBody } from "./read_body.ts";
import { appendToShard, type Unplaced } from "./shards.ts";
import type { SignalKind } from "./tables/index.ts";
import { reportUnreachable } from "./telemetry/reports.ts";
import { tallyOf } from "./telemetry/requests.ts";

/** Rows of a request that cannot be stored, whatever is tried; the others are. */
export interface Rejected {
  readonly rows: number;
  /** Why the first of them cannot; null if there are none. */
  readonly reason: string | null;
}

/** @throws Refusal if nothing of the request was taken. */
export async function ingestOtlp(
  signal: Signal,
  request: Request,
  env: Env,
  caller: Caller,
): Promise<Rejected> {
  requireContentType(request, [PROTOBUF, "application/protobuf", JSON_TYPE]);
  const isJson = otlpEncodingOf(request) === "json";
  const isGzip = contentEncoding(request) === "gzip";
  const sent = await readBody(request, MAX_BODY_BYTES);
  tallyOf(caller.team).add("ingest_received_bytes_total", sent.byteLength, signal.kind);
  const { rejected, body } = storable(signal, sent, { isJson, isGzip });
  if (rejected.rows > 0) {
    tallyOf(caller.team).add("ingest_rejected_rows_total", rejected.rows, signal.kind);
  }
  if (body !== null) {
    await append(env, caller, body);
    free(body.bytes);
  }
  return rejected;
}

/** What is stored of a body; null if it is a legal request with nothing to store. */
function storable(
  signal: Signal,
  sent: Uint8Array,
  { isJson, isGzip }: { isJson: boolean; isGzip: boolean },
): { rejected: Rejected; body: Unplaced | null } {
  const made: Uint8Array[] = [];
  const forNow = (bytes: Uint8Array): Uint8Array => {
    made.push(bytes);
    return bytes;
  };
  try {
    const inflated = isGzip ? forNow(gunzip(sent, MAX_RAW_BODY_BYTES)) : sent;
    const raw = isJson ? forNow(protobufFromJson(signal, inflated)) : inflated;
    const { rows, tables, needsRewrite } = scan(signal, raw);
    const stored = needsRewrite
      ? rewrite(signal, raw)
      : { bytes: raw, rows, rejected: 0, reason: null };
    if (needsRewrite) {
      forNow(stored.bytes);
    }
    const rejected = { rows: stored.rejected, reason: stored.reason };
    if (stored.rows === 0) {
      return { rejected, body: null };
    }
    const form =
      !isJson && !needsRewrite && isGzip && isSingleMember(sent, raw.byteLength)
        ? ({ encoding: "gzip", bytes: sent } as const)
        : compressed(stored.bytes);
    const { kind } = signal;
    // JSON's protobuf says the same in a third of the bytes, however a sender prints it next time.
    const key = isJson ? keyFrom(raw, false, kind) : keyFrom(sent, isGzip, kind);
    const rawBytes = stored.bytes.byteLength;
    return { rejected, body: { kind, ...form, rawBytes, rows: stored.rows, tables, key } };
  } finally {
    made.forEach(free);
  }
}

export function requireContentType(request: Request, allowed: readonly string[]): void {
  const value = request.headers.get("content-type");
  const type = value?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!allowed.includes(type)) {
    const found = value === null ? "missing" : quoted(value);
    throw new Refusal(415, `content-type: ${found}; allowed: ${allowed.join(", ")}`);
  }
}

export function contentEncoding(request: Request): "gzip" | "identity" {
  const value = request.headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (value !== "gzip" && value !== "identity") {
    throw new Refusal(415, `content-encoding: ${quoted(value)}; allowed: gzip, identity`);
  }
  return value;
}

/** Magic, method, flags, time of compression, flags, system: https://www.rfc-editor.org/rfc/rfc1952 */
const GZIP_HEADER_BYTES = 10;

/** An empty span and an empty log record are the same bytes, and yet two bodies. */
const KEY_MARKS: Record<SignalKind, string> = {
  traces: "0",
  events: "1",
  logs: "2",
  metrics: "3",
};

/**
 * By which a body is recognised: of the bytes as they were sent, which a client that tries again
 * sends again.
 *
 * But not the gzip header: the OpenTelemetry SDK for Python compresses for every attempt, and the
 * header says in which second.
 */
export function keyFrom(sent: Uint8Array, isGzip: boolean, kind: SignalKind = "events"): string {
  const bytes = isGzip ? sent.subarray(GZIP_HEADER_BYTES) : sent;
  const hex = createHash("sha256").update(bytes).digest("hex");
  return KEY_MARKS[kind] + hex.slice(0, 31);
}

/** @throws Refusal 429 or 503 if the body was not stored, or may not have been. */
export async function append(env: Env, caller: Caller, body: Unplaced): Promise<void> {
  const answer = await appendTo(env, caller, body);
  if (answer === "limited" && caller.rate !== null) {
    throw aboveRate(caller.name, caller.rate);
  }
  if (answer === "full") {
    throw new Refusal(429, "buffer: full, ClickHouse is behind; send again later", {
      retryAfterSeconds: FULL_RETRY_AFTER_SECONDS,
    });
  }
  if (answer === "failed") {
    // The object restarted or its disk is full. The body may be stored all the same; if it is,
    // its key is too, and the repeat will be told apart.
    throw new Refusal(503, "buffer: not reachable at the moment; send again", {
      retryAfterSeconds: UNAVAILABLE_RETRY_AFTER_SECONDS,
    });
  }
}

async function appendTo(env: Env, caller: Caller, body: Unplaced): Promise<AppendAnswer> {
  try {
    return await appendToShard(env, caller, body);
  } catch (error) {
    console.error(`append failed: ${String(error)}`);
    tallyOf(caller.team).add("ingest_bodies_total", 1, body.kind, "failed");
    reportUnreachable(env, caller.team.name, error);
    return "failed";
  }
}
