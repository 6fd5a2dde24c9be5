/**
 * Dead letters: bodies that one table rejected. Operators list, redrive and drop them.
 *
 * A dead letter is one row, or several consecutive rows if it exceeds SQLite's limit for a value.
 * Dead letters have their own limits, separate from those of the bodies that wait.
 */
import { concat } from "../body/bytes.ts";
import {
  DEAD_LETTER_MAX_AGE_MS,
  DEAD_LETTERS_MAX,
  DEAD_LETTERS_MAX_BYTES,
  DEAD_LETTERS_PER_CALL,
  DEAD_LETTERS_PER_PAGE,
  MAX_VALUE_BYTES,
} from "../limits.ts";
import {
  type Encoding,
  type Kind,
  type Stream,
  streamById,
  type Table,
  tableNamed,
} from "../tables/index.ts";
import type { Row } from "./store.ts";

export interface DeadLetter {
  /** Row and time: SQLite reuses a row's number once the last row is deleted. */
  readonly id: string;
  readonly kind: Kind;
  readonly table: Table;
  readonly encoding: Encoding;
  /** ClickHouse's error message. */
  readonly error: string;
  readonly atMs: number;
  readonly bytes: number;
}

/** A dead letter with its place in the storage. */
export interface StoredLetter extends DeadLetter {
  readonly stream: Stream;
  readonly firstRow: number;
  readonly lastRow: number;
}

/** The dead letters that an operator selects; an absent field matches all. */
export interface LetterFilter {
  readonly table?: string;
  /** Part of ClickHouse's error message. */
  readonly error?: string;
  /** ClickHouse's code: `Code: 252.` */
  readonly code?: number;
  /** Only dead letters older than this. One that is redriven and rejected again is newer. */
  readonly beforeMs: number;
}

/** Why a dead letter was deleted automatically: its age, or the limits of number and bytes. */
export type Expiry = "age" | "space";

export interface Totals {
  readonly letters: number;
  readonly bytes: number;
  readonly oldestMs: number | null;
}

const COLUMNS =
  "id, stream, table_name, error, at_ms, piece_count, (SELECT sum(stored_bytes) FROM dead_letters " +
  "AS piece WHERE piece.id BETWEEN letter.id AND letter.id + letter.piece_count - 1) AS bytes";
const LETTERS = `SELECT ${COLUMNS} FROM dead_letters AS letter WHERE piece = 0`;

export class DeadLetters {
  readonly #sql: SqlStorage;
  /** Counted once and then updated; null after a failed transaction. */
  #held: { letters: number; bytes: number } | null = null;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  totals(): Totals {
    const [oldest] = this.#sql.exec("SELECT at_ms FROM dead_letters ORDER BY id LIMIT 1").toArray();
    return { ...this.#counts(), oldestMs: oldest === undefined ? null : Number(oldest.at_ms) };
  }

  #counts(): { letters: number; bytes: number } {
    if (this.#held === null) {
      const row = this.#sql
        .exec(
          "SELECT ifnull(sum(piece = 0), 0) AS letters, ifnull(sum(stored_bytes), 0) AS bytes " +
            "FROM dead_letters INDEXED BY dead_letters_size",
        )
        .one();
      this.#held = { letters: Number(row.letters), bytes: Number(row.bytes) };
    }
    return this.#held;
  }

  /** Call after a failed transaction, because its changes were rolled back. */
  dropCachedCounts(): void {
    this.#held = null;
  }

  /** The highest used share of the limits on bytes, number and age; at 1 the oldest is deleted. */
  usedRatio(nowMs: number): number {
    const { letters, bytes, oldestMs } = this.totals();
    const ageMs = oldestMs === null ? 0 : Math.max(0, nowMs - oldestMs);
    return Math.max(
      letters / DEAD_LETTERS_MAX,
      bytes / DEAD_LETTERS_MAX_BYTES,
      ageMs / DEAD_LETTER_MAX_AGE_MS,
    );
  }

  // --- read -----------------------------------------------------------------------------------

  /** Returns the oldest dead letters after `afterId`; null: from the first one on. */
  list(afterId: string | null): DeadLetter[] {
    const after = afterId === null ? 0 : rowOf(afterId);
    return this.#find("AND id > ? ORDER BY id LIMIT ?", after, DEAD_LETTERS_PER_PAGE).map(shown);
  }

  find(id: string): StoredLetter | null {
    const [found] = this.#find("AND id = ?", rowOf(id));
    return found?.id === id ? found : null;
  }

  /** Returns the oldest dead letters that match a filter. */
  matching(filter: LetterFilter, limit: number): StoredLetter[] {
    const { condition, values } = conditionFrom(filter);
    return this.#find(`${condition} ORDER BY id LIMIT ?`, ...values, limit);
  }

  countMatching(filter: LetterFilter): number {
    const { condition, values } = conditionFrom(filter);
    const sql = `SELECT count(*) AS count FROM dead_letters WHERE piece = 0 ${condition}`;
    return Number(this.#sql.exec(sql, ...values).one().count);
  }

  #find(condition: string, ...values: SqlStorageValue[]): StoredLetter[] {
    return this.#sql
      .exec(`${LETTERS} ${condition}`, ...values)
      .toArray()
      .map(letterFrom);
  }

  body(letter: StoredLetter): Uint8Array {
    const rows = this.#sql.exec(
      "SELECT body FROM dead_letters WHERE id BETWEEN ? AND ? ORDER BY id",
      letter.firstRow,
      letter.lastRow,
    );
    return concat(rows.toArray().map(({ body }) => new Uint8Array(body as ArrayBuffer)));
  }

  // --- write ----------------------------------------------------------------------------------

  /** Call in the transaction that deletes the body's batch. */
  add(
    { stream, table }: { readonly stream: Stream; readonly table: Table },
    { error, atMs, body }: { error: string; atMs: number; body: Uint8Array },
  ): void {
    const held = this.#counts();
    const pieces = Math.max(1, Math.ceil(body.byteLength / MAX_VALUE_BYTES));
    for (let piece = 0; piece < pieces; piece++) {
      const bytes = body.subarray(piece * MAX_VALUE_BYTES, (piece + 1) * MAX_VALUE_BYTES);
      this.#sql.exec(
        "INSERT INTO dead_letters " +
          "(stream, table_name, error, at_ms, stored_bytes, piece, piece_count, body) " +
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        stream.id,
        table,
        error,
        atMs,
        bytes.byteLength,
        piece,
        pieces,
        bytes,
      );
    }
    this.#held = { letters: held.letters + 1, bytes: held.bytes + body.byteLength };
  }

  delete(letter: StoredLetter): void {
    const held = this.#counts();
    this.#sql.exec(
      "DELETE FROM dead_letters WHERE id BETWEEN ? AND ?",
      letter.firstRow,
      letter.lastRow,
    );
    this.#held = { letters: held.letters - 1, bytes: held.bytes - letter.bytes };
  }

  /**
   * Deletes the oldest dead letters until the others are within the limits, a bounded number per
   * call. Returns the deleted dead letters, so that they can be counted.
   */
  expire(nowMs: number): { readonly letter: DeadLetter; readonly reason: Expiry }[] {
    const expired: { letter: DeadLetter; reason: Expiry }[] = [];
    while (expired.length < DEAD_LETTERS_PER_CALL) {
      const reason = this.expiryOf(nowMs);
      const [letter] = reason === null ? [] : this.#find("ORDER BY id LIMIT 1");
      if (reason === null || letter === undefined) {
        break;
      }
      this.delete(letter);
      expired.push({ letter: shown(letter), reason });
    }
    return expired;
  }

  /** Returns when the oldest dead letter expires; null if there is none. */
  expiresAtMs(): number | null {
    const { oldestMs } = this.totals();
    return oldestMs === null ? null : oldestMs + DEAD_LETTER_MAX_AGE_MS;
  }

  /** Returns why the oldest must be deleted; null if all are within the limits. */
  expiryOf(nowMs: number): Expiry | null {
    const { letters, bytes, oldestMs } = this.totals();
    if (letters > DEAD_LETTERS_MAX || bytes > DEAD_LETTERS_MAX_BYTES) {
      return "space";
    }
    return oldestMs !== null && nowMs - oldestMs >= DEAD_LETTER_MAX_AGE_MS ? "age" : null;
  }
}

function conditionFrom({ table, error, code, beforeMs }: LetterFilter): {
  condition: string;
  values: SqlStorageValue[];
} {
  const conditions: [string, SqlStorageValue][] = [["at_ms < ?", beforeMs]];
  if (table !== undefined) {
    conditions.push(["table_name = ?", table]);
  }
  if (error !== undefined) {
    conditions.push(["instr(error, ?) > 0", error]);
  }
  if (code !== undefined) {
    conditions.push(["instr(error, ?) > 0", `Code: ${code}.`]);
  }
  return {
    condition: conditions.map(([text]) => `AND ${text}`).join(" "),
    values: conditions.map(([, value]) => value),
  };
}

function letterFrom(row: Row): StoredLetter {
  const id = Number(row.id);
  const stream = streamById(Number(row.stream));
  return {
    id: `${id}-${Number(row.at_ms)}`,
    kind: stream.kind,
    table: tableNamed(row.table_name, stream.kind),
    encoding: stream.encoding,
    error: String(row.error),
    atMs: Number(row.at_ms),
    bytes: Number(row.bytes),
    stream,
    firstRow: id,
    lastRow: id + Number(row.piece_count) - 1,
  };
}

/** Return the dead letter without its place in the storage. */
export function shown({
  stream: _stream,
  firstRow: _first,
  lastRow: _last,
  ...letter
}: StoredLetter): DeadLetter {
  return letter;
}

function rowOf(id: string): number {
  return Number(/^(\d{1,15})-\d{1,15}$/.exec(id)?.[1] ?? Number.MAX_SAFE_INTEGER);
}
