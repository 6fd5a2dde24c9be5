/** Reads and drops the rest of a rejected body. */
import { DISCARD_BYTES, DISCARD_MS, DISCARD_PIECE_BYTES } from "../limits.ts";

/**
 * Read the rest of a rejected body, within limits, and drop it.
 *
 * Many clients write their whole body before they read the response. If the connection closed
 * earlier, they would report a broken pipe instead of the error message.
 */
export async function discardBody(request: Request): Promise<void> {
  const { body } = request;
  if (body === null || body.locked) {
    return;
  }
  const timer = Promise.withResolvers<void>();
  const late = setTimeout(timer.resolve, DISCARD_MS);
  try {
    await Promise.race([discardAll(body), timer.promise]);
  } finally {
    clearTimeout(late);
  }
}

async function discardAll(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader({ mode: "byob" });
  let piece = new Uint8Array(DISCARD_PIECE_BYTES);
  for (let total = 0; total < DISCARD_BYTES; total += piece.byteLength) {
    const { value } = await reader.readAtLeast(DISCARD_PIECE_BYTES, piece);
    if (value === undefined || value.byteLength < DISCARD_PIECE_BYTES) {
      return;
    }
    piece = value;
  }
}
