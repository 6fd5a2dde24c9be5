/**
 * What an IngestBuffer has on disk: the schema, chunks, recent keys, and the counters in `meta`.
 *
 * Storage is the truth: every class beside this one can be thrown away and built again from here.
 * Chunks never change after they are written; a batch (`batches.ts`) is a range of them.
 */
import { concat, free } from "../body/bytes.ts";
import { INSERT_PIECE_CHUNKS, MAX_VALUE_BYTES } from "../limits.ts";
import type { PartialSuccess } from "../otlp/partial_success.ts";
import { ALL_TABLES, STREAMS, type Stream, type TableSet } from "../tables/index.ts";
import type { DayRange } from "../time/days.ts";

/** One stored row: one body, or several small ones of the same stream back to back. */
export interface Chunk {
  readonly seq: number;
  /** Length of each body inside, in order. */
  readonly sizes: readonly number[];
  readonly rawBytes: number;
  readonly rows: number;
  /** Repeated bytes of its rows, `otlp/scan.ts`. */
  readonly repeatedBytes: number;
  /** Which of its kind's tables it has rows for. */
  readonly tables: TableSet;
  /** Days of its rows; null: unknown. */
  readonly days: DayRange | null;
  readonly storedBytes: number;
  readonly atMs: number;
}

export type NewChunk = Omit<Chunk, "seq" | "storedBytes"> & { readonly body: Uint8Array };

/** Chunks that are to be sealed, and what there is in them. */
export interface CountedRange {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly rawBytes: number;
  readonly rows: number;
  readonly repeatedBytes: number;
  readonly days: DayRange | null;
}

/** What a stream has waiting to be sealed. */
export interface Unsealed {
  readonly rawBytes: number;
  readonly rows: number;
  readonly repeatedBytes: number;
  /** When the first of it was stored; null if there is nothing. */
  readonly oldestMs: number | null;
  /** When the last chunk came, sealed or not; null: none has since the object woke up. */
  readonly newestMs: number | null;
}

/** Totals of the waiting chunks, for the buffer's limits; dead letters have their own limits. */
export interface Depth {
  readonly storedBytes: number;
  readonly oldestMs: number | null;
}

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS meta (
    key TEXT PRIMARY KEY,
    value ANY NOT NULL
  ) STRICT, WITHOUT ROWID`,
  // body stands last: SQLite then reads the other columns without touching its pages.
  `CREATE TABLE IF NOT EXISTS chunks (
    seq INTEGER PRIMARY KEY,
    sizes TEXT NOT NULL,
    raw_bytes INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    repeated_bytes INTEGER NOT NULL,
    tables INTEGER,
    from_day INTEGER,
    to_day INTEGER,
    stored_bytes INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    body BLOB NOT NULL
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS overflow (
    seq INTEGER NOT NULL,
    piece INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (seq, piece)
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS batches (
    number INTEGER PRIMARY KEY,
    block INTEGER,
    blocks INTEGER NOT NULL,
    stream INTEGER NOT NULL,
    table_name TEXT,
    from_seq INTEGER NOT NULL,
    to_seq INTEGER NOT NULL,
    part_from INTEGER,
    part_to INTEGER,
    statement TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before_ms INTEGER NOT NULL DEFAULT 0,
    last_error TEXT
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS dead_letters (
    id INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    table_name TEXT,
    error TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    stored_bytes INTEGER NOT NULL,
    piece INTEGER NOT NULL,
    piece_count INTEGER NOT NULL,
    body BLOB NOT NULL
  ) STRICT`,
  // Counted without reading the bodies.
  "CREATE INDEX IF NOT EXISTS dead_letters_size ON dead_letters (piece, stored_bytes)",
  `CREATE TABLE IF NOT EXISTS recent_keys (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    keys BLOB NOT NULL
  ) STRICT`,
  // Only bodies that had one have a row. The order is that of deletion.
  `CREATE TABLE IF NOT EXISTS partial_successes (
    recent_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    rejected_rows INTEGER NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (recent_id, key)
  ) STRICT, WITHOUT ROWID`,
] as const;

/** A stream is one range of chunk numbers, so that reading a batch needs no second index. */
const STREAM_SPAN = 2 ** 44;
/** What the buffer says of itself may wait: that is no reason to take less from others. */
const SIGNAL_STREAMS = STREAMS.filter(({ kind }) => kind !== "health");
/** Chunks that are sealed as they are written, so that no range of a stream ever holds them. */
export const REDRIVEN = 0;

export class Store {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly #nextSeq = new Map<number, number>();
  readonly #unsealed = new Map<number, Unsealed>();
  #database: string | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    for (const statement of SCHEMA) {
      this.#sql.exec(statement);
    }
    for (const stream of STREAMS) {
      this.#nextSeq.set(stream.id, this.#firstFreeSeq(stream));
    }
  }

  transaction<T>(closure: () => T): T {
    return this.#storage.transactionSync(closure);
  }

  // --- meta ---------------------------------------------------------------------------------

  /**
   * Random name of this storage, made once.
   *
   * Tokens start with it: an object of the same id with new, empty storage would count its batches
   * from 1 again, and ClickHouse would take them for repeats and drop them.
   */
  incarnation(): string {
    const known = this.meta("incarnation");
    if (typeof known === "string") {
      return known;
    }
    const made = crypto.randomUUID();
    this.setMeta("incarnation", made);
    return made;
  }

  /**
   * Database of the team this buffer is for; in the storage, since the object may be woken by its
   * alarm when no request says whose it is. Empty before the first body: the user's own default.
   */
  database(): string {
    this.#database ??= String(this.meta("database") ?? "");
    return this.#database;
  }

  /** Before the first chunk, in the write that the chunk's answer waits for. */
  rememberDatabase(database: string): void {
    if (database !== this.database()) {
      this.setMeta("database", database);
      this.#database = database;
    }
  }

  meta(key: string): SqlStorageValue | undefined {
    return this.#sql.exec("SELECT value FROM meta WHERE key = ?", key).toArray()[0]?.value;
  }

  setMeta(key: string, value: SqlStorageValue): void {
    this.#sql.exec("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", key, value);
  }

  /** The last chunk of the stream that a batch holds or held. */
  sealedTo(stream: Stream): number {
    return Number(this.meta(`sealed_to:${stream.id}`) ?? stream.id * STREAM_SPAN - 1);
  }

  /** In the transaction that makes the batches. */
  recordSealedTo(
    stream: Stream,
    { toSeq, rawBytes, rows, repeatedBytes }: Omit<CountedRange, "fromSeq" | "days">,
  ): void {
    const before = this.unsealed(stream);
    this.setMeta(`sealed_to:${stream.id}`, toSeq);
    this.#unsealed.set(stream.id, {
      rawBytes: before.rawBytes - rawBytes,
      rows: before.rows - rows,
      repeatedBytes: before.repeatedBytes - repeatedBytes,
      oldestMs: this.#oldestOf(stream.id, toSeq + 1),
      newestMs: before.newestMs,
    });
  }

  // --- chunks -------------------------------------------------------------------------------

  insertChunk(stream: Stream, chunk: NewChunk): number {
    const seq = this.#nextSeq.get(stream.id) ?? this.#firstFreeSeq(stream);
    const { body } = chunk;
    this.#sql.exec(
      "INSERT INTO chunks " +
        "(seq, sizes, raw_bytes, row_count, repeated_bytes, tables, from_day, to_day, " +
        "stored_bytes, at_ms, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      seq,
      chunk.sizes.join(","),
      chunk.rawBytes,
      chunk.rows,
      chunk.repeatedBytes,
      chunk.tables,
      chunk.days?.fromDay ?? null,
      chunk.days?.toDay ?? null,
      body.byteLength,
      chunk.atMs,
      body.subarray(0, MAX_VALUE_BYTES),
    );
    for (let piece = 1; piece * MAX_VALUE_BYTES < body.byteLength; piece++) {
      const from = piece * MAX_VALUE_BYTES;
      this.#sql.exec(
        "INSERT INTO overflow (seq, piece, body) VALUES (?, ?, ?)",
        seq,
        piece,
        body.subarray(from, from + MAX_VALUE_BYTES),
      );
    }
    this.#nextSeq.set(stream.id, seq + 1);
    const before = this.#unsealed.get(stream.id);
    if (before !== undefined) {
      this.#unsealed.set(stream.id, {
        rawBytes: before.rawBytes + chunk.rawBytes,
        rows: before.rows + chunk.rows,
        repeatedBytes: before.repeatedBytes + chunk.repeatedBytes,
        oldestMs: before.oldestMs ?? chunk.atMs,
        newestMs: chunk.atMs,
      });
    }
    return seq;
  }

  /** A failed transaction takes back its chunk numbers, and what it added or sealed. */
  dropCachedCounts(): void {
    this.#nextSeq.clear();
    this.#unsealed.clear();
  }

  #firstFreeSeq(stream: Stream): number {
    const from = stream.id * STREAM_SPAN;
    const row = this.#sql
      .exec(
        "SELECT max(seq) AS seq FROM chunks WHERE seq >= ? AND seq < ?",
        from,
        from + STREAM_SPAN,
      )
      .one();
    return Math.max(from, Number(row.seq ?? from - 1) + 1, this.sealedTo(stream) + 1);
  }

  /** Chunks of a stream that no batch holds yet, oldest first. */
  *unsealedChunks(
    stream: Stream,
  ): Generator<Pick<Chunk, "seq" | "rawBytes" | "rows" | "repeatedBytes" | "tables" | "days">> {
    const rows = this.#sql.exec(
      "SELECT seq, raw_bytes, row_count, repeated_bytes, tables, from_day, to_day FROM chunks " +
        "WHERE seq BETWEEN ? AND ? ORDER BY seq",
      this.sealedTo(stream) + 1,
      lastSeqOf(stream.id),
    );
    for (const row of rows) {
      yield {
        seq: Number(row.seq),
        rawBytes: Number(row.raw_bytes),
        rows: Number(row.row_count),
        repeatedBytes: Number(row.repeated_bytes),
        tables: tablesIn(row),
        days: daysIn(row),
      };
    }
  }

  /** Counted once, and kept up with from then on. */
  unsealed(stream: Stream): Unsealed {
    let known = this.#unsealed.get(stream.id);
    if (known === undefined) {
      const fromSeq = this.sealedTo(stream) + 1;
      const sums = this.#sql
        .exec(
          "SELECT sum(raw_bytes) AS raw_bytes, sum(row_count) AS row_count, " +
            "sum(repeated_bytes) AS repeated_bytes FROM chunks WHERE seq BETWEEN ? AND ?",
          fromSeq,
          lastSeqOf(stream.id),
        )
        .one();
      known = {
        rawBytes: Number(sums.raw_bytes ?? 0),
        rows: Number(sums.row_count ?? 0),
        repeatedBytes: Number(sums.repeated_bytes ?? 0),
        oldestMs: this.#oldestOf(stream.id, fromSeq),
        newestMs: null,
      };
      this.#unsealed.set(stream.id, known);
    }
    return known;
  }

  *chunksBetween(fromSeq: number, toSeq: number): Generator<Chunk> {
    const rows = this.#sql.exec(
      "SELECT seq, sizes, raw_bytes, row_count, repeated_bytes, tables, from_day, to_day, " +
        "stored_bytes, at_ms FROM chunks WHERE seq BETWEEN ? AND ? ORDER BY seq",
      fromSeq,
      toSeq,
    );
    for (const row of rows) {
      yield chunkFromRow(row);
    }
  }

  /**
   * Chunks at or after `seq` back to back, one at least and then more until `enoughBytes` are
   * there; SQLite keeps the rest. `seq` of the answer is the last one's.
   */
  bodiesAtOrAfter(
    seq: number,
    toSeq: number,
    enoughBytes = 0,
  ): { seq: number; body: Uint8Array } | null {
    const last = this.#lastOfPiece(seq, toSeq, enoughBytes);
    if (last === null) {
      return null;
    }
    // To the cursor's end: one that is left halfway keeps the body that it stands on until it is
    // collected, which nothing hastens.
    const pieces = this.#sql
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
    const body = concat(pieces);
    if (pieces.length > 1) {
      pieces.forEach(free);
    }
    return { seq: last, body };
  }

  /** The body of a chunk that is longer than one value, row by row; null if it is not. */
  rowsOfLongBody(seq: number): Iterable<Uint8Array> | null {
    const sql = "SELECT stored_bytes FROM chunks WHERE seq = ? AND stored_bytes > ?";
    const isLong = this.#sql.exec(sql, seq, MAX_VALUE_BYTES).toArray().length > 0;
    return isLong ? this.#rowsOf(seq) : null;
  }

  *#rowsOf(seq: number): Generator<Uint8Array> {
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

  #lastOfPiece(seq: number, toSeq: number, enoughBytes: number): number | null {
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

  /** Reads a header of every chunk; keep count afterwards. */
  depth(): Depth {
    const chunks = this.#sql.exec("SELECT sum(stored_bytes) AS bytes FROM chunks").one();
    return { storedBytes: Number(chunks.bytes ?? 0), oldestMs: this.oldestMs() };
  }

  /** Of telemetry; each stream's first chunk is its oldest. */
  oldestMs(): number | null {
    const oldest = [REDRIVEN, ...SIGNAL_STREAMS.map(({ id }) => id)]
      .map((id) => this.#oldestOf(id, id * STREAM_SPAN))
      .filter((atMs) => atMs !== null);
    return oldest.length === 0 ? null : Math.min(...oldest);
  }

  #oldestOf(streamId: number, fromSeq: number): number | null {
    const row = this.#sql
      .exec(
        "SELECT at_ms FROM chunks WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT 1",
        fromSeq,
        lastSeqOf(streamId),
      )
      .toArray()[0];
    return row === undefined ? null : Number(row.at_ms);
  }

  countChunks(stream: Stream): number {
    const from = stream.id * STREAM_SPAN;
    const row = this.#sql
      .exec(
        "SELECT count(*) AS count FROM chunks WHERE seq >= ? AND seq < ?",
        from,
        from + STREAM_SPAN,
      )
      .one();
    return Number(row.count);
  }

  // --- recent bodies --------------------------------------------------------------------------

  /** Returns the row's id. */
  insertRecentKeys(atMs: number, keys: Uint8Array): number {
    const sql = "INSERT INTO recent_keys (at_ms, keys) VALUES (?, ?) RETURNING id";
    return Number(this.#sql.exec(sql, atMs, keys).one().id);
  }

  *recentKeys(): Generator<{ id: number; atMs: number; keys: Uint8Array }> {
    for (const row of this.#sql.exec("SELECT id, at_ms, keys FROM recent_keys ORDER BY id")) {
      yield { id: Number(row.id), atMs: Number(row.at_ms), keys: bytesFrom(row.keys) };
    }
  }

  deleteRecentKeysBefore(id: number): void {
    this.#sql.exec("DELETE FROM recent_keys WHERE id < ?", id);
    this.#sql.exec("DELETE FROM partial_successes WHERE recent_id < ?", id);
  }

  insertPartialSuccess(
    recentId: number,
    key: string,
    { rejectedRows, message }: PartialSuccess,
  ): void {
    const sql =
      "INSERT INTO partial_successes (recent_id, key, rejected_rows, message) VALUES (?, ?, ?, ?)";
    this.#sql.exec(sql, recentId, key, rejectedRows, message);
  }

  partialSuccess(recentId: number, key: string): PartialSuccess | null {
    const sql =
      "SELECT rejected_rows, message FROM partial_successes WHERE recent_id = ? AND key = ?";
    const row = this.#sql.exec(sql, recentId, key).toArray()[0];
    return row === undefined
      ? null
      : { rejectedRows: Number(row.rejected_rows), message: String(row.message) };
  }
}

export type Row = Record<string, SqlStorageValue>;

function lastSeqOf(streamId: number): number {
  return (streamId + 1) * STREAM_SPAN - 1;
}

function tablesIn(row: Row): TableSet {
  return row.tables === null ? ALL_TABLES : Number(row.tables);
}

function daysIn({ from_day: fromDay, to_day: toDay }: Row): DayRange | null {
  return fromDay === null ? null : { fromDay: Number(fromDay), toDay: Number(toDay) };
}

function chunkFromRow(row: Row): Chunk {
  return {
    seq: Number(row.seq),
    tables: tablesIn(row),
    days: daysIn(row),
    sizes: String(row.sizes).split(",").map(Number),
    rawBytes: Number(row.raw_bytes),
    rows: Number(row.row_count),
    repeatedBytes: Number(row.repeated_bytes),
    storedBytes: Number(row.stored_bytes),
    atMs: Number(row.at_ms),
  };
}

function bytesFrom(value: SqlStorageValue | undefined): Uint8Array {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(0);
}
