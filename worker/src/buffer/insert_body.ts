/** Creates the body of an insert: the bodies of a batch, after a header if its statement needs one. */
import { concat, concatTo, framed, free } from "../body/bytes.ts";
import {
  INSERT_PIECE_BYTES,
  LONG_ENCODED_CHUNK_BYTES,
  STREAMED_INSERT_BYTES,
  WHOLE_INSERT_BYTES,
} from "../limits.ts";
import { varint } from "../otlp/fields.ts";
import type { Encoding } from "../tables/index.ts";
import { readsEnvelope, rowColumns } from "../tables/otlp.ts";
import type { Batch, Batches } from "./batches.ts";
import { encodedPieces, type Piece } from "./encoded_rows.ts";
import type { Store } from "./store.ts";

export interface InsertBody {
  readonly bytes: Uint8Array | ReadableStream<Uint8Array>;
  readonly encoding: Encoding;
  /** Length of the encoded rows before compression, a measure of the CPU used. */
  readonly encodedBytes: number;
}

/**
 * Return the body of a batch's insert: stored bodies, or RowBinary if its statement needs it. Null
 * if there is nothing to insert.
 *
 * A short body is one array of bytes. A stream would be read 16 KB at a time, and each time the
 * socket would wait behind requests: under load, ClickHouse was idle for three quarters of an
 * insert. A longer body is read or encoded while it is sent, so that its memory stays bounded.
 *
 * The length is declared. Otherwise a proxy could complete a request that was cut off between two
 * chunks or rows, and the token would be used up for half a batch.
 *
 * @throws the errors of `encodedPieces`.
 */
export async function insertBody(
  store: Store,
  batches: Batches,
  batch: Batch,
): Promise<InsertBody | null> {
  const columns = rowColumns(batch.statement);
  return columns === null
    ? storedBody(store, batches, batch)
    : encodedBody(() => encodedPieces(store, batches, batch, columns));
}

function storedBody(store: Store, batches: Batches, batch: Batch): InsertBody | null {
  const bodyBytes = batches.bodyBytes(batch);
  if (bodyBytes === 0) {
    return null;
  }
  const { encoding } = batch.stream;
  const head = headOf(batches, batch);
  const length = head.byteLength + bodyBytes;
  const pieces = piecesOf(head, store, batches, batch);
  if (length > WHOLE_INSERT_BYTES) {
    return { bytes: streamOf(length, pieces), encoding, encodedBytes: 0 };
  }
  return { bytes: concatTo(length, pieces), encoding, encodedBytes: 0 };
}

/**
 * Rows are encoded before the request starts, because its header declares their length. A batch that
 * is too long to be held is encoded again while it is sent. Encoding twice is rare: 8 MiB
 * hold about 100,000 usual spans, twice a full batch.
 */
async function encodedBody(pieces: () => AsyncIterable<Piece>): Promise<InsertBody | null> {
  const held: Uint8Array[] = [];
  let length = 0;
  let encodedBytes = 0;
  let encoding: Encoding = "raw";
  for await (const piece of pieces()) {
    length += piece.bytes.byteLength;
    encodedBytes += piece.encodedBytes;
    ({ encoding } = piece);
    if (length <= WHOLE_INSERT_BYTES) {
      held.push(piece.bytes);
    } else {
      held.length = 0;
    }
  }
  if (length > WHOLE_INSERT_BYTES) {
    const bytes = streamOf(length, bytesOf(pieces()));
    return { bytes, encoding, encodedBytes: 2 * encodedBytes };
  }
  return length === 0 ? null : { bytes: concat(held), encoding, encodedBytes };
}

async function* bytesOf(pieces: AsyncIterable<Piece>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of pieces) {
    yield bytes;
  }
}

function streamOf(
  length: number,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new FixedLengthStream(length);
  // An error here fails the stream and with it the insert, which the caller awaits.
  void writeBody(pieces, writable).catch(() => undefined);
  return readable;
}

/** Estimate the memory of a batch's insert: rows have twice the bytes of their bodies. */
export function heldBytes(batches: Batches, batch: Batch): number {
  const isEncoded = rowColumns(batch.statement) !== null;
  const bytes = batches.bodyBytes(batch) * (isEncoded ? 2 : 1);
  return bytes <= WHOLE_INSERT_BYTES ? bytes : STREAMED_INSERT_BYTES;
}

/** Whether the rows of a long body are encoded for it, see `LONG_ENCODED_CHUNK_BYTES`. */
export function isLongEncoding(batches: Batches, batch: Batch): boolean {
  return (
    rowColumns(batch.statement) !== null &&
    batches.longestRawBytes(batch) > LONG_ENCODED_CHUNK_BYTES
  );
}

/** Return the header of an envelope, the decompressed length of all bodies; otherwise no bytes. */
function headOf(batches: Batches, batch: Batch): Uint8Array {
  return readsEnvelope(batch.statement)
    ? framed(Uint8Array.from(varint(batches.rawBytes(batch))), batch.stream.encoding)
    : new Uint8Array(0);
}

async function writeBody(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  writable: WritableStream<Uint8Array>,
): Promise<void> {
  const writer = writable.getWriter();
  try {
    for await (const piece of pieces) {
      await writer.write(piece);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error);
  }
}

/** Yield the header, then about 1 MiB of chunks at a time. Each part is freed at the next request. */
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
    const rows = batch.part === null ? store.bodies.valuesOfLong(seq) : null;
    if (rows !== null) {
      yield* freed(rows);
      continue;
    }
    const found = store.bodies.atOrAfter(seq, batch.toSeq, INSERT_PIECE_BYTES);
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

/** Free each array when the next is requested. */
function* freed(rows: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const row of rows) {
    yield row;
    free(row);
  }
}
