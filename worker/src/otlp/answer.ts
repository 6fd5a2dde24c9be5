/**
 * Answers in the form OTLP/HTTP asks for: protobuf both ways.
 *
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
import type { Refusal } from "../errors.ts";

export const PROTOBUF = "application/x-protobuf";

/** `ExportTraceServiceResponse` without `partial_success`: zero bytes say everything was taken. */
export function exportResponse(): Response {
  return new Response(new Uint8Array(0), { status: 200, headers: { "content-type": PROTOBUF } });
}

/** `google.rpc.Status {int32 code = 1; string message = 2;}` */
export function statusResponse(refusal: Refusal): Response {
  const message = new TextEncoder().encode(refusal.message);
  const body = new Uint8Array([
    8,
    rpcCode(refusal.status),
    18,
    ...varint(message.length),
    ...message,
  ]);
  const headers = new Headers({ ...refusal.headers, "content-type": PROTOBUF });
  if (refusal.retryAfterSeconds !== undefined) {
    headers.set("retry-after", String(refusal.retryAfterSeconds));
  }
  return new Response(body, { status: refusal.status, headers });
}

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

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}
