/** The bytes of an insert: what a batch holds, and before it what its statement needs there. */
import { framed, free } from "../body.ts";
import { INSERT_PIECE_BYTES, WHOLE_INSERT_BYTES } from "../limits.ts";
import { varint } from "../otlp/fields.ts";
import { readsEnvelope } from "../tables/otlp.ts";
import type { Batch, Batches } from "./batches.ts";
import type { Store } from "./store.ts";

/**
 * What goes out for a batch; null if the range is empty.
 *
 * In one piece if it is not too long. A stream is read 16 KB at a time, and each time the socket
 * waits for its turn among the requests: under load ClickHouse stood idle three quarters of an
 * insert. A longer one comes from SQLite as the socket takes it, so that memory stays bounded.
 *
 * Of a declared length: a request that was cut off between two chunks would otherwise be a whole
 * one to any proxy that ends it properly, and its token would be used up for half a batch.
 */
export function insertBody(
  store: Store,
  batches: Batches,
  batch: Batch,
): Uint8Array | ReadableStream<Uint8Array> | null {
  const bodyBytes = batches.bodyBytes(batch);
  if (bodyBytes === 0) {
    return null;
  }
  const head = headOf(batches, batch);
  const length = head.byteLength + bodyBytes;
  const pieces = piecesOf(head, store, batches, batch);
  if (length <= WHOLE_INSERT_BYTES) {
    const whole = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.byteLength;
    }
    if (at < length) {
      throw new Error(`batch ${batch.number}: ${at} bytes of ${length}`); // as the stream would
    }
    return whole;
  }
  const { readable, writable } = new FixedLengthStream(length);
  // If the insert fails, the stream fails with it: whoever awaits the insert hears of it.
  void writeBody(pieces, writable).catch(() => undefined);
  return readable;
}

/** Zero bytes but for an envelope, which begins with how long all the rest is when inflated. */
function headOf(batches: Batches, batch: Batch): Uint8Array {
  return readsEnvelope(batch.statement)
    ? framed(Uint8Array.from(varint(batches.rawBytes(batch))), batch.stream.encoding)
    : new Uint8Array(0);
}

async function writeBody(
  pieces: Iterable<Uint8Array>,
  writable: WritableStream<Uint8Array>,
): Promise<void> {
  const writer = writable.getWriter();
  try {
    for (const piece of pieces) {
      await writer.write(piece);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error);
  }
}

/** The head, then chunks of the batch, a MiB at a time, each freed when the next is asked for. */
function* piecesOf(
  head: Uint8Array,
  store: Store,
  batches: Batches,
  batch: Batch,
): Generator<Uint8Array> {
  if (head.byteLength > 0) {
    yield head;
  }
  for (let seq = batch.fromSeq; seq <= batch.toSeq; seq++) {
    const found = store.bodiesAtOrAfter(seq, batch.toSeq, INSERT_PIECE_BYTES);
    if (found === null) {
      return;
    }
    const { offset, end } =
      batch.part === null ? { offset: 0, end: found.body.byteLength } : batches.bodies(batch);
    yield found.body.subarray(offset, end);
    free(found.body);
    seq = found.seq;
  }
}
