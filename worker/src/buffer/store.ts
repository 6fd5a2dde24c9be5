/**
 * The stored chunks of an IngestBuffer, and single values in `meta`.
 *
 * The storage is the truth: every other class of the buffer can be dropped and created again from
 * it. Chunks never change after they are written. A batch (`batches.ts`) is a range of chunks.
 */
import { MAX_VALUE_BYTES } from "../limits.ts";
import { ALL_TABLES, STREAMS, type Stream, type TableSet } from "../tables/index.ts";
import type { DayRange } from "../time/days.ts";
import { ChunkBodies } from "./chunk_bodies.ts";
import { SCHEMA } from "./schema.ts";

/** One stored row: one body, or several small ones of the same stream, concatenated. */
export interface Chunk {
  readonly seq: number;
  /** The length of each body in it, in order. */
  readonly sizes: readonly number[];
  readonly rawBytes: number;
  readonly rows: number;
  /** The repeated bytes of its rows, `otlp/scan.ts`. */
  readonly repeatedBytes: number;
  /** The tables that get rows from it. */
  readonly tables: TableSet;
  /** The days of its rows; null: unknown. */
  readonly days: DayRange | null;
  readonly storedBytes: number;
  readonly atMs: number;
}

export type NewChunk = Omit<Chunk, "seq" | "storedBytes"> & { readonly body: Uint8Array };

/** Consecutive chunks to be sealed, with their totals. */
export interface CountedRange {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly rawBytes: number;
  readonly rows: number;
  readonly repeatedBytes: number;
  readonly days: DayRange | null;
}

/** The totals of the chunks of a stream that are not sealed yet. */
export interface Unsealed {
  readonly rawBytes: number;
  readonly rows: number;
  readonly repeatedBytes: number;
  /** When the first of them was stored; null if there are none. */
  readonly oldestMs: number | null;
  /** When the last chunk was stored, sealed or not; null: none since the object started. */
  readonly newestMs: number | null;
}

/** Totals of the waiting chunks, for the limits of the buffer; dead letters have other limits. */
export interface Depth {
  readonly storedBytes: number;
  readonly oldestMs: number | null;
}

/** The chunk numbers of a stream are one range, so that reading a batch needs no second index. */
const STREAM_SPAN = 2 ** 44;
/** Waiting rows of `ingest_health` do not count towards the age limit of the buffer. */
const SIGNAL_STREAMS = STREAMS.filter(({ kind }) => kind !== "health");
/** The stream of redriven dead letters, which are sealed as they are written. */
export const REDRIVEN = 0;

export class Store {
  readonly bodies: ChunkBodies;
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly #nextSeq = new Map<number, number>();
  readonly #unsealed = new Map<number, Unsealed>();
  #database: string | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.bodies = new ChunkBodies(storage.sql);
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
   * Returns the random name of this storage, which is created once.
   *
   * Tokens begin with it. An object of the same id with new, empty storage counts its batches from 1
   * again, and without the name ClickHouse would drop them as repeats.
   */
  incarnation(): string {
    const known = this.meta("incarnation");
    if (typeof known === "string") {
      return known;
    }
    const name = crypto.randomUUID();
    this.setMeta("incarnation", name);
    return name;
  }

  /**
   * Returns the database of the buffer's team. It is stored, because no request names it when an alarm
   * starts the object. It is empty before the first body, which means the default of the SQL user.
   */
  database(): string {
    this.#database ??= String(this.meta("database") ?? "");
    return this.#database;
  }

  /** Call before a chunk is inserted, so that both are in one write. */
  saveDatabase(database: string): void {
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

  /** Returns the last sealed chunk of the stream. */
  sealedTo(stream: Stream): number {
    return Number(this.meta(`sealed_to:${stream.id}`) ?? stream.id * STREAM_SPAN - 1);
  }

  /** Call in the transaction that creates the batches. */
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

  /** Call after a failed transaction, because its chunk numbers and totals were rolled back. */
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

  /** Returns the unsealed chunks of a stream, oldest first. */
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

  /** Counted once, and updated from then on. */
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

  /** Reads a header of every chunk, so callers cache the result: `BufferDepth`. */
  depth(): Depth {
    const chunks = this.#sql.exec("SELECT sum(stored_bytes) AS bytes FROM chunks").one();
    return { storedBytes: Number(chunks.bytes ?? 0), oldestMs: this.oldestMs() };
  }

  /** Returns the time of the oldest chunk of telemetry. The first chunk of a stream is its oldest. */
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
