/** Reading a request body within bounds, and inflating it. */
import { gunzipSync } from "node:zlib";
import { Refusal } from "./errors.ts";
import { DISCARD_BYTES, DISCARD_MS } from "./limits.ts";

/** Bytes of the body, never holding more than the limit however long the sender goes on. */
export async function readBody(request: Request, limitBytes: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > limitBytes) {
    throw tooLarge(`content-length: ${declared}`, limitBytes);
  }
  if (declared > 0) {
    // The runtime holds a sender to the length that it declares.
    return new Uint8Array(await request.arrayBuffer());
  }
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const part of request.body?.values({ preventCancel: true }) ?? []) {
    total += part.byteLength;
    if (total > limitBytes) {
      throw tooLarge(`body: over ${limitBytes} bytes`, limitBytes);
    }
    parts.push(part);
  }
  return concat(parts, total);
}

/**
 * Lets a refused sender finish, within bounds, without keeping what it sends.
 *
 * Many clients write their whole body before they read: closing the connection on them would turn
 * our line about what is wrong into a broken pipe.
 */
export async function discardBody(request: Request): Promise<void> {
  if (request.body === null || request.body.locked) {
    return;
  }
  const deadline = Date.now() + DISCARD_MS;
  let total = 0;
  for await (const part of request.body) {
    total += part.byteLength;
    if (total > DISCARD_BYTES || Date.now() > deadline) {
      return;
    }
  }
}

export function tooLarge(found: string, limitBytes: number): Refusal {
  return new Refusal(413, `${found}; at most ${limitBytes} bytes are taken, send smaller batches`);
}

export function concat(parts: readonly Uint8Array[], total: number): Uint8Array {
  const only = parts[0];
  if (parts.length === 1 && only !== undefined) {
    return only;
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** Inflated bytes; stops at the limit, so a gzip bomb costs at most `limitBytes` of memory. */
export function gunzip(body: Uint8Array, limitBytes: number): Uint8Array {
  try {
    return gunzipSync(body, { maxOutputLength: limitBytes });
  } catch (error) {
    if (isOverLimit(error)) {
      throw tooLarge("body: inflates beyond the limit", limitBytes);
    }
    throw new Refusal(400, "content-encoding: gzip, but the body is not one complete gzip stream");
  }
}

function isOverLimit(error: unknown): boolean {
  return (
    error instanceof RangeError ||
    (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE")
  );
}

/**
 * Whether `body` is one gzip member around exactly `rawBytes` bytes.
 *
 * Inflaters differ about what may follow a member. ClickHouse refuses bytes that start no further
 * member, so a body with anything after its end must not be stored as it is.
 */
export function isSingleMember(body: Uint8Array, rawBytes: number): boolean {
  if (body.byteLength < 18) {
    return false;
  }
  const view = new DataView(body.buffer, body.byteOffset + body.byteLength - 4, 4);
  return view.getUint32(0, true) === rawBytes % 2 ** 32;
}
