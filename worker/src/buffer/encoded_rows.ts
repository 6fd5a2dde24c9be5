/** The rows of a batch as RowBinary, for statements with `FORMAT RowBinary`. */
import { compressed, free } from "../body/bytes.ts";
import { decodeStored } from "../body/content_coding.ts";
import { ENCODED_PIECE_BYTES, MAX_ENCODED_BYTES } from "../limits.ts";
import { encoderFor } from "../rowbinary/encoder.ts";
import { NotEncodable } from "../rowbinary/errors.ts";
import { RowWriter } from "../rowbinary/writer.ts";
import type { Encoding } from "../tables/index.ts";
import type { Batch, Batches } from "./batches.ts";
import type { Store } from "./store.ts";

export interface Piece {
  readonly bytes: Uint8Array;
  readonly encoding: Encoding;
  /** Length before compression. */
  readonly encodedBytes: number;
}

/**
 * Encode a batch into compressed chunks of bytes; every call returns the same chunks.
 *
 * Other work runs after each chunk, and after each 1 MiB of requests.
 *
 * @throws NotEncodable a body is damaged, or the rows have too many bytes.
 * @throws UnknownColumns another script sealed the batch.
 */
export async function* encodedPieces(
  store: Store,
  batches: Batches,
  batch: Batch,
  columns: readonly string[],
): AsyncGenerator<Piece> {
  const encoder = encoderFor(batch.table, columns);
  const ready: Piece[] = [];
  let total = 0;
  const pack = (rows: Uint8Array): void => {
    total += rows.byteLength;
    if (total > MAX_ENCODED_BYTES) {
      throw new NotEncodable(`rows of over ${MAX_ENCODED_BYTES} bytes; send smaller batches`);
    }
    if (rows.byteLength > 0) {
      ready.push({ ...compressed(rows), encodedBytes: rows.byteLength });
    }
  };
  const out = new RowWriter(2 * ENCODED_PIECE_BYTES, pack);
  const isEnough = (): boolean => out.length >= ENCODED_PIECE_BYTES || ready.length > 0;
  let readBytes = 0;
  for (const request of requestsOf(store, batches, batch)) {
    readBytes += request.byteLength;
    for (const _enough of encoder.encode(request, out, isEnough)) {
      pack(out.take());
      yield* ready.splice(0);
      await scheduler.wait(0);
    }
    if (batch.stream.encoding !== "raw") {
      free(request); // otherwise the request is a part of its chunk
    }
    if (readBytes >= ENCODED_PIECE_BYTES) {
      readBytes = 0;
      await scheduler.wait(0); // the request may have few rows for this table
    }
  }
  pack(out.take());
  yield* ready;
}

/** The export requests of a batch, one body at a time, because all of them exceed the memory. */
function* requestsOf(store: Store, batches: Batches, batch: Batch): Generator<Uint8Array> {
  if (batch.part !== null) {
    const { sizes, offset } = batches.bodies(batch);
    yield* requestsIn(store, batch.fromSeq, { sizes, offset, encoding: batch.stream.encoding });
    return;
  }
  // Read to the cursor's end, because other code writes while this batch is encoded.
  for (const { seq, sizes, rawBytes } of [...store.chunksBetween(batch.fromSeq, batch.toSeq)]) {
    let total = 0;
    const bodies = { sizes, offset: 0, encoding: batch.stream.encoding };
    for (const request of requestsIn(store, seq, bodies)) {
      total += request.byteLength;
      yield request;
    }
    if (total !== rawBytes) {
      throw new NotEncodable(`a stored body inflates to ${total} bytes, not to ${rawBytes}`);
    }
  }
}

/** The requests of the bodies of a chunk, which are consecutive in it. */
function* requestsIn(
  store: Store,
  seq: number,
  bodies: { sizes: readonly number[]; offset: number; encoding: Encoding },
): Generator<Uint8Array> {
  const chunk = store.bodies.atOrAfter(seq, seq)?.body ?? new Uint8Array(0);
  let at = bodies.offset;
  for (const [index, size] of bodies.sizes.entries()) {
    const request = decoded(chunk.subarray(at, at + size), bodies.encoding);
    if (bodies.encoding !== "raw" && index === bodies.sizes.length - 1) {
      free(chunk);
    }
    yield request;
    at += size;
  }
  free(chunk);
}

function decoded(body: Uint8Array, encoding: Encoding): Uint8Array {
  try {
    return decodeStored(body, encoding);
  } catch (error) {
    throw new NotEncodable(`a stored body does not inflate: ${String(error)}`);
  }
}
