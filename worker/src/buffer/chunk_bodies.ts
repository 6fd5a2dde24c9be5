/** Reads the bodies of stored chunks. A body longer than one SQLite value continues in `overflow`. */
import { concat, free } from "../body/bytes.ts";
import { INSERT_PIECE_CHUNKS, MAX_VALUE_BYTES } from "../limits.ts";

/** The bodies of consecutive chunks, concatenated. */
export interface ReadChunks {
  /** The number of the last chunk. */
  readonly seq: number;
  readonly body: Uint8Array;
}

export class ChunkBodies {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /**
   * Returns the bodies of at least one chunk, at or after `seq`, and of more until they have
   * `enoughBytes`. Returns null if there is no chunk.
   */
  atOrAfter(seq: number, toSeq: number, enoughBytes = 0): ReadChunks | null {
    const last = this.#lastFor(seq, toSeq, enoughBytes);
    if (last === null) {
      return null;
    }
    // This reads to the cursor's end. An abandoned cursor keeps its current body in memory until a
    // garbage collection, which no call can start.
    const parts = this.#sql
      .exec(
        "SELECT seq, stored_bytes, body FROM chunks WHERE seq BETWEEN ? AND ? ORDER BY seq",
        seq,
        last,
      )
      .toArray()
      .flatMap((row) => [
        bytesFrom(row.body),
        ...(Number(row.stored_bytes) > MAX_VALUE_BYTES ? this.#overflow(Number(row.seq)) : []),
      ]);
    const body = concat(parts);
    if (parts.length > 1) {
      parts.forEach(free);
    }
    return { seq: last, body };
  }

  /** Returns a body that is longer than one value, value by value; null for a shorter body. */
  valuesOfLong(seq: number): Iterable<Uint8Array> | null {
    const sql = "SELECT stored_bytes FROM chunks WHERE seq = ? AND stored_bytes > ?";
    const isLong = this.#sql.exec(sql, seq, MAX_VALUE_BYTES).toArray().length > 0;
    return isLong ? this.#valuesOf(seq) : null;
  }

  *#valuesOf(seq: number): Generator<Uint8Array> {
    const first = "SELECT body FROM chunks WHERE seq = ?";
    const further = "SELECT body FROM overflow WHERE seq = ? AND piece = ?";
    yield bytesFrom(this.#sql.exec(first, seq).one().body);
    for (let piece = 1; ; piece++) {
      const row = this.#sql.exec(further, seq, piece).toArray()[0];
      if (row === undefined) {
        return;
      }
      yield bytesFrom(row.body);
    }
  }

  #lastFor(seq: number, toSeq: number, enoughBytes: number): number | null {
    const sizes = this.#sql
      .exec(
        "SELECT seq, stored_bytes FROM chunks WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?",
        seq,
        toSeq,
        INSERT_PIECE_CHUNKS,
      )
      .toArray();
    let last: number | null = null;
    let bytes = 0;
    for (const row of sizes) {
      if (last !== null && bytes >= enoughBytes) {
        break;
      }
      last = Number(row.seq);
      bytes += Number(row.stored_bytes);
    }
    return last;
  }

  #overflow(seq: number): Uint8Array[] {
    return this.#sql
      .exec("SELECT body FROM overflow WHERE seq = ? ORDER BY piece", seq)
      .toArray()
      .map(({ body }) => bytesFrom(body));
  }
}

function bytesFrom(value: SqlStorageValue | undefined): Uint8Array {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(0);
}
