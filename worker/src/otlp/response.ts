/**
 * Creates OTLP/HTTP responses in the encoding of the request.
 *
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
import type { HttpError } from "../errors.ts";
import { varint } from "./fields.ts";
import type { PartialSuccess } from "./partial_success.ts";
import type { Signal } from "./schema.ts";

export const PROTOBUF = "application/x-protobuf";
export const JSON_TYPE = "application/json";

export type OtlpEncoding = "protobuf" | "json";

export function otlpEncodingOf(request: Request): OtlpEncoding {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  return type === JSON_TYPE ? "json" : "protobuf";
}

/**
 * `Export…ServiceResponse { partial_success = 1 { int64 rejected_… = 1; string error_message = 2 } }`
 *
 * The responses of the three signals differ in a name that only JSON contains. A response without
 * `partial_success` means that all rows are stored, and in protobuf has zero bytes. A message with
 * no rows is a warning: https://opentelemetry.io/docs/specs/otlp/#partial-success-1
 */
export function exportResponse(
  signal: Signal,
  encoding: OtlpEncoding,
  partial: PartialSuccess | null,
): Response {
  const body = encoding === "json" ? jsonExport(signal, partial) : protobufExport(partial);
  return new Response(body, STORED[encoding]);
}

/** Headers are copied from here, because creating them costs 3 us of CPU per response. */
const STORED: Record<OtlpEncoding, Response> = {
  protobuf: new Response(null, { headers: { "content-type": PROTOBUF } }),
  json: new Response(null, { headers: { "content-type": JSON_TYPE } }),
};

function jsonExport(signal: Signal, partial: PartialSuccess | null): Uint8Array {
  const response =
    partial === null
      ? {}
      : {
          partialSuccess: {
            [signal.rows.rejected]: String(partial.rejectedRows),
            errorMessage: partial.message,
          },
        };
  return encoder.encode(JSON.stringify(response));
}

function protobufExport(partial: PartialSuccess | null): Uint8Array {
  if (partial === null) {
    return new Uint8Array(0);
  }
  const fields = [8, ...varint(partial.rejectedRows), ...textField(2, partial.message)];
  return Uint8Array.from(lengthDelimited(1, fields));
}

/** `google.rpc.Status { int32 code = 1; string message = 2; }` */
export function statusResponse(error: HttpError, request: Request): Response {
  const encoding = otlpEncodingOf(request);
  const { message } = error;
  const code = rpcCode(error.status);
  const body =
    encoding === "json"
      ? encoder.encode(JSON.stringify({ code, message }))
      : Uint8Array.from([8, code, ...textField(2, message)]);
  const headers = new Headers(error.headers);
  headers.set("content-type", encoding === "json" ? JSON_TYPE : PROTOBUF);
  return new Response(body, { status: error.status, headers });
}

const encoder = new TextEncoder();

function rpcCode(status: number): number {
  switch (status) {
    case 401:
      return 16; // UNAUTHENTICATED
    case 403:
      return 7; // PERMISSION_DENIED
    case 404:
      return 5; // NOT_FOUND
    case 405:
      return 12; // UNIMPLEMENTED
    case 408:
      return 4; // DEADLINE_EXCEEDED
    case 429:
      return 8; // RESOURCE_EXHAUSTED
    case 500:
      return 13; // INTERNAL
    case 503:
      return 14; // UNAVAILABLE
    default:
      return 3; // INVALID_ARGUMENT
  }
}

function textField(number: number, text: string): number[] {
  return lengthDelimited(number, [...encoder.encode(text)]);
}

function lengthDelimited(number: number, bytes: readonly number[]): number[] {
  return [number * 8 + 2, ...varint(bytes.length), ...bytes];
}
