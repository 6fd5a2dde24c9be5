/**
 * What an IngestBuffer has on disk, and the statements on it.
 *
 * Storage is the truth: every class beside this one can be thrown away and built again from here.
 * Chunks never change after they are written; a batch is a range of them.
 */
import { MAX_VALUE_BYTES } from "../limits.ts";
import {
  ALL_TABLES,
  type Kind,
  STREAMS,
  type Statement,
  type Stream,
  streamById,
  type Table,
  type TableSet,
  tableBit,
  tablesOf,
} from "../tables/index.ts";

/** One stored row: one body, or several small ones of the same stream back to back. */
export interface Chunk {
  readonly seq: number;
  /** Length of each body inside, in order. */
  readonly sizes: readonly number[];
  readonly rawBytes: number;
  readonly rows: number;
  /** Which of its kind's tables it has rows for. */
  readonly tables: TableSet;
  readonly storedBytes: number;
  readonly atMs: number;
}

export type NewChunk = Omit<Chunk, "seq" | "storedBytes"> & { readonly body: Uint8Array };

/**
 * A sealed range: what goes into one table under one token, the same bytes every time.
 *
 * Chunks with rows for several tables are in one batch for each, and stay until the last is gone.
 */
export interface Batch {
  readonly number: number;
  /** Counts the batches of one table, where `number` counts them all. */
  readonly turn: number;
  readonly stream: Stream;
  readonly table: Table;
  readonly fromSeq: number;
  readonly toSeq: number;
  /** Bodies inside the only chunk; null stands for whole chunks. */
  readonly part: { readonly from: number; readonly to: number } | null;
  readonly statement: Statement;
  readonly attempts: number;
  readonly notBeforeMs: number;
  readonly lastError: string | null;
}

export type Range = Pick<Batch, "fromSeq" | "toSeq">;

/** What the buffer holds, for its bounds. */
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
    tables INTEGER,
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
    turn INTEGER NOT NULL,
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
    piece_count INTEGER NOT NULL,
    body BLOB NOT NULL
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS recent (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    keys BLOB NOT NULL
  ) STRICT`,
] as const;

/** Columns that storages of older scripts lack; their rows have null in them. */
const ADDED_COLUMNS = [
  ["chunks", "tables INTEGER"],
  ["batches", "table_name TEXT"],
  ["dead_letters", "table_name TEXT"],
] as const;

/** A stream is one range of chunk numbers, so that reading a batch needs no second index. */
const STREAM_SPAN = 2 ** 44;
/** Chunks that are sealed as they are written, so that no range of a stream ever holds them. */
const APART = 0;

export class Store {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly #nextSeq = new Map<number, number>();
  #database: string | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    for (const statement of SCHEMA) {
      this.#sql.exec(statement);
    }
    for (const [table, column] of ADDED_COLUMNS) {
      this.#addColumn(table, column);
    }
    for (const stream of STREAMS) {
      this.#nextSeq.set(stream.id, this.#firstFreeSeq(stream));
    }
  }

  #addColumn(table: string, column: string): void {
    const [name] = column.split(" ");
    const known = this.#sql.exec(`SELECT name FROM pragma_table_info('${table}')`).toArray();
    if (!known.some((each) => each.name === name)) {
      this.#sql.exec(`ALTER TABLE ${table} ADD COLUMN ${column}`);
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
    const known = this.#meta("incarnation");
    if (typeof known === "string") {
      return known;
    }
    const made = crypto.randomUUID();
    this.#setMeta("incarnation", made);
    return made;
  }

  /**
   * Database of the team this buffer is for; in the storage, since the object may be woken by its
   * alarm when no request says whose it is. Empty before the first body: the user's own default.
   */
  database(): string {
    this.#database ??= String(this.#meta("database") ?? "");
    return this.#database;
  }

  /** Before the first chunk, in the write that the chunk's answer waits for. */
  rememberDatabase(database: string): void {
    if (database !== this.database()) {
      this.#setMeta("database", database);
      this.#database = database;
    }
  }

  #meta(key: string): SqlStorageValue | undefined {
    return this.#sql.exec("SELECT value FROM meta WHERE key = ?", key).toArray()[0]?.value;
  }

  #setMeta(key: string, value: SqlStorageValue): void {
    this.#sql.exec("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", key, value);
  }

  // --- chunks -------------------------------------------------------------------------------

  insertChunk(stream: Stream, chunk: NewChunk): number {
    const seq = this.#nextSeq.get(stream.id) ?? this.#firstFreeSeq(stream);
    const { body } = chunk;
    this.#sql.exec(
      "INSERT INTO chunks (seq, sizes, raw_bytes, row_count, tables, stored_bytes, at_ms, body) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      seq,
      chunk.sizes.join(","),
      chunk.rawBytes,
      chunk.rows,
      chunk.tables,
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
    return seq;
  }

  /** A failed transaction takes its chunk numbers back. */
  forgetSequence(): void {
    this.#nextSeq.clear();
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
  *unsealedChunks(stream: Stream): Generator<Chunk> {
    yield* this.chunksBetween(this.sealedTo(stream) + 1, (stream.id + 1) * STREAM_SPAN - 1);
  }

  *chunksBetween(fromSeq: number, toSeq: number): Generator<Chunk> {
    const rows = this.#sql.exec(
      "SELECT seq, sizes, raw_bytes, row_count, tables, stored_bytes, at_ms FROM chunks " +
        "WHERE seq BETWEEN ? AND ? ORDER BY seq",
      fromSeq,
      toSeq,
    );
    for (const row of rows) {
      yield chunkFromRow(row);
    }
  }

  /** The next chunk at or after `seq`, with its bytes; SQLite keeps the rest. */
  bodyAtOrAfter(seq: number, toSeq: number): { seq: number; body: Uint8Array } | null {
    const row = this.#sql
      .exec(
        "SELECT seq, body FROM chunks WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT 1",
        seq,
        toSeq,
      )
      .toArray()[0];
    if (row === undefined) {
      return null;
    }
    const found = Number(row.seq);
    const pieces = [bytesFrom(row.body)];
    for (const piece of this.#sql.exec(
      "SELECT body FROM overflow WHERE seq = ? ORDER BY piece",
      found,
    )) {
      pieces.push(bytesFrom(piece.body));
    }
    return { seq: found, body: joined(pieces) };
  }

  /** Reads a header of every chunk; keep count afterwards. */
  depth(): Depth {
    const chunks = this.#sql.exec("SELECT sum(stored_bytes) AS bytes FROM chunks").one();
    const dead = this.#sql.exec("SELECT sum(stored_bytes) AS bytes FROM dead_letters").one();
    return {
      storedBytes: Number(chunks.bytes ?? 0) + Number(dead.bytes ?? 0),
      oldestMs: this.oldestMs(),
    };
  }

  /** Each stream's first chunk is its oldest. */
  oldestMs(): number | null {
    const oldest = [APART, ...STREAMS.map(({ id }) => id)].flatMap((id) => {
      const from = id * STREAM_SPAN;
      return this.#sql
        .exec(
          "SELECT at_ms FROM chunks WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT 1",
          from,
          from + STREAM_SPAN,
        )
        .toArray()
        .map((row) => Number(row.at_ms));
    });
    return oldest.length === 0 ? null : Math.min(...oldest);
  }

  // --- batches ------------------------------------------------------------------------------

  sealedTo(stream: Stream): number {
    return Number(this.#meta(`sealed_to:${stream.id}`) ?? stream.id * STREAM_SPAN - 1);
  }

  /**
   * Records the range once for each table, each time under a number that is never given out again.
   * One transaction: else a crash could leave some tables without their batch.
   */
  insertBatches(
    stream: Stream,
    range: Range,
    statements: readonly (readonly [table: Table, statement: Statement])[],
  ): void {
    for (const [table, statement] of statements) {
      this.#insertBatch({ stream, table, ...range, part: null }, JSON.stringify(statement));
    }
    this.#setMeta(`sealed_to:${stream.id}`, range.toSeq);
  }

  /** A body as a chunk and a batch of its own, for one table, inside the caller's transaction. */
  sealApart(
    stream: Stream,
    table: Table,
    { body, atMs, statement }: { body: Uint8Array; atMs: number; statement: Statement },
  ): void {
    const apart = { ...stream, id: APART };
    const fromSeq = this.insertChunk(apart, {
      sizes: [body.byteLength],
      rawBytes: body.byteLength,
      rows: 0,
      tables: tableBit(table),
      atMs,
      body,
    });
    this.#insertBatch(
      { stream, table, fromSeq, toSeq: fromSeq, part: null },
      JSON.stringify(statement),
    );
    this.#setMeta(`sealed_to:${APART}`, fromSeq);
  }

  #insertBatch(
    batch: Pick<Batch, "stream" | "table" | "part" | keyof Range>,
    statement: string,
  ): void {
    const number = Number(this.#meta("next_batch") ?? 1);
    this.#setMeta("next_batch", number + 1);
    const turn = this.nextTurn(batch.stream.kind, batch.table);
    this.#setMeta(`next_turn:${batch.table}`, turn + 1);
    this.#sql.exec(
      "INSERT INTO batches " +
        "(number, turn, stream, table_name, from_seq, to_seq, part_from, part_to, statement) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      number,
      turn,
      batch.stream.id,
      batch.table,
      batch.fromSeq,
      batch.toSeq,
      batch.part?.from ?? null,
      batch.part?.to ?? null,
      statement,
    );
  }

  nextTurn(kind: Kind, table: Table): number {
    // Storages of older scripts counted by kind, when each had one table.
    return Number(this.#meta(`next_turn:${table}`) ?? this.#meta(`next_turn:${kind}`) ?? 1);
  }

  batches(): Batch[] {
    return this.#sql.exec("SELECT * FROM batches ORDER BY number").toArray().map(batchFromRow);
  }

  recordAttempt(batch: Batch, notBeforeMs: number, error: string): void {
    this.#sql.exec(
      "UPDATE batches SET attempts = attempts + 1, not_before_ms = ?, last_error = ? " +
        "WHERE number = ?",
      notBeforeMs,
      error,
      batch.number,
    );
  }

  /** The batch is in its table: it goes, with chunks that no other holds. Returns bytes freed. */
  deleteBatch(batch: Batch): number {
    this.#sql.exec("DELETE FROM batches WHERE number = ?", batch.number);
    return this.#deleteUnheldChunks(batch);
  }

  /** Two batches in place of one that was refused, each under a number of its own. */
  splitBatch(batch: Batch): void {
    const statement = JSON.stringify(batch.statement);
    const { fromSeq, toSeq } = batch;
    this.#sql.exec("DELETE FROM batches WHERE number = ?", batch.number);
    if (fromSeq < toSeq) {
      const middle = Math.floor((fromSeq + toSeq) / 2);
      this.#insertBatch({ ...batch, toSeq: middle }, statement);
      this.#insertBatch({ ...batch, fromSeq: middle + 1 }, statement);
    } else {
      const { from, to } = this.bodies(batch);
      const middle = Math.floor((from + to) / 2);
      this.#insertBatch({ ...batch, part: { from, to: middle } }, statement);
      this.#insertBatch({ ...batch, part: { from: middle, to } }, statement);
    }
  }

  /** Length of the bytes that go out for it. */
  bodyBytes(batch: Batch): number {
    if (batch.part !== null) {
      const { offset, end } = this.bodies(batch);
      return end - offset;
    }
    const row = this.#sql
      .exec(
        "SELECT sum(stored_bytes) AS bytes FROM chunks WHERE seq BETWEEN ? AND ?",
        batch.fromSeq,
        batch.toSeq,
      )
      .one();
    return Number(row.bytes ?? 0);
  }

  /** Which bodies of its first chunk a batch holds, and where they lie in its bytes. */
  bodies(batch: Batch): { from: number; to: number; offset: number; end: number } {
    const [chunk] = this.chunksBetween(batch.fromSeq, batch.fromSeq);
    const sizes = chunk?.sizes ?? [];
    const { from, to } = batch.part ?? { from: 0, to: sizes.length };
    const sum = (count: number): number => sizes.slice(0, count).reduce((a, b) => a + b, 0);
    return { from, to, offset: sum(from), end: sum(to) };
  }

  /** Sets the only body of a batch aside, with what ClickHouse said of it. */
  buryBatch(batch: Batch, error: string, atMs: number): number {
    const { offset, end } = this.bodies(batch);
    const found = this.bodyAtOrAfter(batch.fromSeq, batch.toSeq);
    const body = found?.body.subarray(offset, end) ?? new Uint8Array(0);
    const pieces = Math.max(1, Math.ceil(body.byteLength / MAX_VALUE_BYTES));
    for (let piece = 0; piece < pieces; piece++) {
      const bytes = body.subarray(piece * MAX_VALUE_BYTES, (piece + 1) * MAX_VALUE_BYTES);
      this.#sql.exec(
        "INSERT INTO dead_letters " +
          "(stream, table_name, error, at_ms, stored_bytes, piece_count, body) " +
          "VALUES (?, ?, ?, ?, ?, ?, ?)",
        batch.stream.id,
        batch.table,
        error,
        atMs,
        bytes.byteLength,
        pieces,
        bytes,
      );
    }
    return this.deleteBatch(batch) - body.byteLength;
  }

  #deleteUnheldChunks(batch: Batch): number {
    const held =
      "seq BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM batches " +
      "WHERE from_seq <= chunks.seq AND to_seq >= chunks.seq)";
    const { fromSeq, toSeq } = batch;
    const row = this.#sql
      .exec(`SELECT sum(stored_bytes) AS bytes FROM chunks WHERE ${held}`, fromSeq, toSeq)
      .one();
    this.#sql.exec(`DELETE FROM chunks WHERE ${held}`, fromSeq, toSeq);
    this.#sql.exec(
      "DELETE FROM overflow WHERE seq BETWEEN ? AND ? AND seq NOT IN (SELECT seq FROM chunks " +
        "WHERE seq BETWEEN ? AND ?)",
      fromSeq,
      toSeq,
      fromSeq,
      toSeq,
    );
    return Number(row.bytes ?? 0);
  }

  // --- recent bodies --------------------------------------------------------------------------

  insertRecent(atMs: number, keys: Uint8Array): void {
    this.#sql.exec("INSERT INTO recent (at_ms, keys) VALUES (?, ?)", atMs, keys);
  }

  *recent(): Generator<{ id: number; atMs: number; keys: Uint8Array }> {
    for (const row of this.#sql.exec("SELECT id, at_ms, keys FROM recent ORDER BY id")) {
      yield { id: Number(row.id), atMs: Number(row.at_ms), keys: bytesFrom(row.keys) };
    }
  }

  deleteRecentBefore(atMs: number): void {
    this.#sql.exec("DELETE FROM recent WHERE at_ms < ?", atMs);
  }
}

type Row = Record<string, SqlStorageValue>;

/** Of a row that an older script wrote it is null, and its kind had one table then. */
export function tableNamed(name: SqlStorageValue | undefined, kind: Kind): Table {
  const [first] = tablesOf(kind);
  const found = tablesOf(kind).find((table) => table === name) ?? first;
  if (found === undefined) {
    throw new Error(`no table for ${kind}`);
  }
  return found;
}

function chunkFromRow(row: Row): Chunk {
  return {
    seq: Number(row.seq),
    tables: row.tables === null ? ALL_TABLES : Number(row.tables),
    sizes: String(row.sizes).split(",").map(Number),
    rawBytes: Number(row.raw_bytes),
    rows: Number(row.row_count),
    storedBytes: Number(row.stored_bytes),
    atMs: Number(row.at_ms),
  };
}

function batchFromRow(row: Row): Batch {
  const stream = streamById(Number(row.stream));
  return {
    number: Number(row.number),
    turn: Number(row.turn),
    stream,
    table: tableNamed(row.table_name, stream.kind),
    fromSeq: Number(row.from_seq),
    toSeq: Number(row.to_seq),
    part: row.part_from === null ? null : { from: Number(row.part_from), to: Number(row.part_to) },
    statement: JSON.parse(String(row.statement)) as Statement,
    attempts: Number(row.attempts),
    notBeforeMs: Number(row.not_before_ms),
    lastError: row.last_error === null ? null : String(row.last_error),
  };
}

function bytesFrom(value: SqlStorageValue | undefined): Uint8Array {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(0);
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const first = pieces[0];
  if (pieces.length === 1 && first !== undefined) {
    return first;
  }
  const whole = new Uint8Array(pieces.reduce((total, piece) => total + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}
