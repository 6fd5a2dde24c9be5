/**
 * The sealed batches of an IngestBuffer. Each batch is deleted with its chunks after delivery, split
 * in two, or moved to the dead letters.
 *
 * A batch number is used once, because it is stored in the transaction of its batch.
 */
import { inflatedBytes } from "../body/content_coding.ts";
import { MAX_BLOCKS_AHEAD } from "../limits.ts";
import {
  type Statement,
  type Stream,
  streamById,
  type Table,
  tableBit,
  tableNamed,
} from "../tables/index.ts";
import type { DayRange } from "../time/days.ts";
import type { DeadLetters } from "./dead_letters.ts";
import type { Blocks } from "./progress.ts";
import { type CountedRange, REDRIVEN, type Row, type Store } from "./store.ts";

/**
 * A sealed range of chunks: it is sent to one table under one token, with the same bytes each time.
 *
 * Chunks with rows for several tables are in one batch per table. They are deleted with the last one.
 */
export interface Batch {
  readonly number: number;
  /** The number of its first block, counted per table; null until it may be sent. */
  readonly block: number | null;
  /** The maximum of its blocks, and so of the tokens that the table stores for it. */
  readonly blocks: number;
  readonly stream: Stream;
  readonly table: Table;
  readonly fromSeq: number;
  readonly toSeq: number;
  /** The bodies of its only chunk; null: whole chunks. */
  readonly part: { readonly from: number; readonly to: number } | null;
  readonly statement: Statement;
  readonly attempts: number;
  readonly notBeforeMs: number;
  readonly lastError: string | null;
}

/** The size and the age of a batch. */
export interface Extent {
  readonly rows: number;
  readonly rawBytes: number;
  readonly storedBytes: number;
  readonly oldestMs: number;
}

export type Range = Pick<Batch, "fromSeq" | "toSeq">;
type Sealed = Pick<Batch, "stream" | "table" | "part" | "blocks" | keyof Range>;

/** Return one block per day, because a partition has at least a day; the maximum if unknown. */
function blocksOf(days: DayRange | null): number {
  const count = days === null ? MAX_BLOCKS_AHEAD : days.toDay - days.fromDay + 1;
  return Math.min(count, MAX_BLOCKS_AHEAD);
}

export class Batches {
  readonly #sql: SqlStorage;
  readonly #store: Store;
  readonly #letters: DeadLetters;
  /** A cache of the stored batches; null after a change. */
  #open: readonly Batch[] | null = null;

  constructor(sql: SqlStorage, store: Store, letters: DeadLetters) {
    this.#sql = sql;
    this.#store = store;
    this.#letters = letters;
  }

  /**
   * Records one batch per table for the range, each under a new number.
   *
   * Call in a transaction. Otherwise a crash could leave some tables without their batch.
   */
  insertForEach(
    stream: Stream,
    range: CountedRange,
    statements: readonly (readonly [table: Table, statement: Statement])[],
  ): void {
    const { fromSeq, toSeq } = range;
    const blocks = blocksOf(range.days);
    for (const [table, statement] of statements) {
      const batch = { stream, table, fromSeq, toSeq, part: null, blocks };
      this.#insert(batch, JSON.stringify(statement));
    }
    this.#store.recordSealedTo(stream, range);
  }

  /** Stores a redriven body as a chunk with one batch, for one table. Call in a transaction. */
  sealRedriven(
    stream: Stream,
    table: Table,
    { body, atMs, statement }: { body: Uint8Array; atMs: number; statement: Statement },
  ): void {
    const apart = { ...stream, id: REDRIVEN };
    const rawBytes = inflatedBytes(body, stream.encoding);
    const fromSeq = this.#store.insertChunk(apart, {
      sizes: [body.byteLength],
      rawBytes,
      rows: 0,
      repeatedBytes: 0,
      tables: tableBit(table),
      days: null,
      atMs,
      body,
    });
    const batch = { stream, table, fromSeq, toSeq: fromSeq, part: null, blocks: blocksOf(null) };
    this.#insert(batch, JSON.stringify(statement));
    this.#store.recordSealedTo(apart, { toSeq: fromSeq, rawBytes, rows: 0, repeatedBytes: 0 });
  }

  #insert(batch: Sealed, statement: string): void {
    this.#open = null;
    const number = Number(this.#store.meta("next_batch") ?? 1);
    this.#store.setMeta("next_batch", number + 1);
    this.#sql.exec(
      "INSERT INTO batches " +
        "(number, blocks, stream, table_name, from_seq, to_seq, part_from, part_to, statement) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      number,
      batch.blocks,
      batch.stream.id,
      batch.table,
      batch.fromSeq,
      batch.toSeq,
      batch.part?.from ?? null,
      batch.part?.to ?? null,
      statement,
    );
  }

  /** Assigns block numbers, before the batch is first sent. */
  admit({ number, table, blocks }: Batch): void {
    this.#open = null;
    const { next } = this.blocks(table);
    this.#store.transaction(() => {
      this.#store.setMeta(`next_block:${table}`, next + blocks);
      this.#sql.exec("UPDATE batches SET block = ? WHERE number = ?", next, number);
    });
  }

  blocks(table: Table): Blocks {
    const next = Number(this.#store.meta(`next_block:${table}`) ?? 0);
    const open = this.open().filter((batch) => batch.table === table);
    return { next, oldest: Math.min(next, ...open.map(({ block }) => block ?? next)) };
  }

  /** Returns the open batches in the order of their numbers. */
  open(): readonly Batch[] {
    this.#open ??= this.#sql
      .exec("SELECT * FROM batches ORDER BY number")
      .toArray()
      .map(batchFromRow);
    return this.#open;
  }

  recordAttempt(batch: Batch, notBeforeMs: number, error: string): void {
    this.#open = null;
    this.#sql.exec(
      "UPDATE batches SET attempts = attempts + 1, not_before_ms = ?, last_error = ? " +
        "WHERE number = ?",
      notBeforeMs,
      error,
      batch.number,
    );
  }

  /** Deletes a finished batch, and its chunks that are in no other batch. Returns the freed bytes. */
  delete(batch: Batch): number {
    this.#open = null;
    this.#sql.exec("DELETE FROM batches WHERE number = ?", batch.number);
    return this.#deleteFreeChunks(batch);
  }

  /** Replaces a rejected batch by two halves, each under a new number. */
  split(batch: Batch): void {
    this.#open = null;
    const statement = JSON.stringify(batch.statement);
    const { fromSeq, toSeq } = batch;
    this.#sql.exec("DELETE FROM batches WHERE number = ?", batch.number);
    if (fromSeq < toSeq) {
      const middle = Math.floor((fromSeq + toSeq) / 2);
      this.#insert({ ...batch, toSeq: middle }, statement);
      this.#insert({ ...batch, fromSeq: middle + 1 }, statement);
    } else {
      const { from, to } = this.bodies(batch);
      const middle = Math.floor((from + to) / 2);
      this.#insert({ ...batch, part: { from, to: middle } }, statement);
      this.#insert({ ...batch, part: { from: middle, to } }, statement);
    }
  }

  /** Returns the length of its stored bytes. */
  bodyBytes(batch: Batch): number {
    if (batch.part !== null) {
      const { offset, end } = this.bodies(batch);
      return end - offset;
    }
    return this.#sum("stored_bytes", batch);
  }

  /** Returns the exact decompressed length of its stored bytes. */
  rawBytes(batch: Batch): number {
    if (batch.part === null) {
      return this.#sum("raw_bytes", batch);
    }
    const { sizes, offset } = this.bodies(batch);
    const chunk = this.#store.bodies.atOrAfter(batch.fromSeq, batch.fromSeq)?.body;
    let rawBytes = 0;
    let at = offset;
    // One by one, because all bodies of a chunk together may exceed the memory.
    for (const size of sizes) {
      const body = chunk?.subarray(at, at + size) ?? new Uint8Array(0);
      rawBytes += inflatedBytes(body, batch.stream.encoding);
      at += size;
    }
    return rawBytes;
  }

  /** Returns the decompressed length of the longest chunk, which no body of the batch exceeds. */
  longestRawBytes({ fromSeq, toSeq }: Range): number {
    const sql = "SELECT max(raw_bytes) AS bytes FROM chunks WHERE seq BETWEEN ? AND ?";
    return Number(this.#sql.exec(sql, fromSeq, toSeq).one().bytes ?? 0);
  }

  #sum(column: "stored_bytes" | "raw_bytes", { fromSeq, toSeq }: Range): number {
    const sql = `SELECT sum(${column}) AS bytes FROM chunks WHERE seq BETWEEN ? AND ?`;
    return Number(this.#sql.exec(sql, fromSeq, toSeq).one().bytes ?? 0);
  }

  /** Returns the size and age of a batch. A part of a chunk counts all rows of the chunk. */
  extent(batch: Batch): Extent {
    const row = this.#sql
      .exec(
        "SELECT sum(row_count) AS row_count, sum(raw_bytes) AS raw_bytes, " +
          "min(at_ms) AS oldest_ms FROM chunks WHERE seq BETWEEN ? AND ?",
        batch.fromSeq,
        batch.toSeq,
      )
      .one();
    return {
      rows: Number(row.row_count ?? 0),
      rawBytes: Number(row.raw_bytes ?? 0),
      storedBytes: this.bodyBytes(batch),
      oldestMs: Number(row.oldest_ms ?? Date.now()),
    };
  }

  /** Returns which bodies of its first chunk a batch has, with their sizes and their range of bytes. */
  bodies(batch: Batch): {
    from: number;
    to: number;
    sizes: readonly number[];
    offset: number;
    end: number;
  } {
    const [chunk] = this.#store.chunksBetween(batch.fromSeq, batch.fromSeq);
    const sizes = chunk?.sizes ?? [];
    const { from, to } = batch.part ?? { from: 0, to: sizes.length };
    const sum = (count: number): number => sizes.slice(0, count).reduce((a, b) => a + b, 0);
    return { from, to, sizes: sizes.slice(from, to), offset: sum(from), end: sum(to) };
  }

  /** Dead-letters the only body of a batch, with ClickHouse's error. */
  moveToDeadLetters(batch: Batch, error: string, atMs: number): number {
    const { offset, end } = this.bodies(batch);
    const found = this.#store.bodies.atOrAfter(batch.fromSeq, batch.fromSeq);
    const body = found?.body.subarray(offset, end) ?? new Uint8Array(0);
    this.#letters.add(batch, { error, atMs, body });
    return this.delete(batch);
  }

  #deleteFreeChunks(batch: Batch): number {
    const isFree =
      "seq BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM batches " +
      "WHERE from_seq <= chunks.seq AND to_seq >= chunks.seq)";
    const { fromSeq, toSeq } = batch;
    const row = this.#sql
      .exec(
        "SELECT sum(stored_bytes) AS bytes, sum(row_count) AS row_count FROM chunks " +
          `WHERE ${isFree}`,
        fromSeq,
        toSeq,
      )
      .one();
    this.#sql.exec(`DELETE FROM chunks WHERE ${isFree}`, fromSeq, toSeq);
    // This runs in the transaction that deletes the chunks, so that no crash counts a row twice.
    this.#sql.exec(
      "UPDATE meta SET value = value + ? WHERE key = 'rows_delivered'",
      Number(row.row_count ?? 0),
    );
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
}

function batchFromRow(row: Row): Batch {
  const stream = streamById(Number(row.stream));
  return {
    number: Number(row.number),
    block: row.block === null ? null : Number(row.block),
    blocks: Number(row.blocks),
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
