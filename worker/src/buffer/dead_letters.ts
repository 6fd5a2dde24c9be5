/**
 * Dead letters: bodies that ClickHouse refused, each for one table; listed, sent again, dropped.
 *
 * A letter is one row, or several one after the other where it is longer than a value may be.
 */
import { DEAD_LETTERS_PER_PAGE } from "../limits.ts";
import { type Encoding, type Kind, type Stream, streamById, type Table } from "../tables/index.ts";
import { tableNamed } from "./batches.ts";
import { joined } from "./store.ts";

export interface DeadLetter {
  /** Row and time: a row's number alone is given out again once the last row is gone. */
  readonly id: string;
  readonly kind: Kind;
  readonly table: Table;
  readonly encoding: Encoding;
  /** What ClickHouse said of it. */
  readonly error: string;
  readonly atMs: number;
  readonly bytes: number;
}

/** A letter with its place in the storage. */
interface Found extends DeadLetter {
  readonly stream: Stream;
  readonly firstRow: number;
  readonly lastRow: number;
}

export class DeadLetters {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  count(): { letters: number; bytes: number } {
    const row = this.#sql
      .exec(
        "SELECT ifnull(sum(1.0 / piece_count), 0) AS letters, ifnull(sum(stored_bytes), 0) AS bytes " +
          "FROM dead_letters",
      )
      .one();
    return { letters: Math.round(Number(row.letters)), bytes: Number(row.bytes) };
  }

  /** The oldest after `afterId`; null begins at the beginning. */
  list(afterId: string | null): DeadLetter[] {
    const after = afterId === null ? 0 : rowOf(afterId);
    const letters: DeadLetter[] = [];
    for (const { stream: _stream, firstRow, lastRow: _lastRow, ...letter } of this.#after(after)) {
      if (letters.length === DEAD_LETTERS_PER_PAGE) {
        break;
      }
      if (firstRow > after) {
        letters.push(letter);
      }
    }
    return letters;
  }

  find(id: string): Found | null {
    const [found] = this.#after(rowOf(id) - 1);
    return found?.id === id ? found : null;
  }

  body(letter: Found): Uint8Array {
    const rows = this.#sql.exec(
      "SELECT body FROM dead_letters WHERE id BETWEEN ? AND ? ORDER BY id",
      letter.firstRow,
      letter.lastRow,
    );
    return joined(rows.toArray().map(({ body }) => new Uint8Array(body as ArrayBuffer)));
  }

  delete(letter: Found): void {
    this.#sql.exec(
      "DELETE FROM dead_letters WHERE id BETWEEN ? AND ?",
      letter.firstRow,
      letter.lastRow,
    );
  }

  *#after(row: number): Generator<Found> {
    const rows = this.#sql.exec(
      "SELECT id, stream, table_name, error, at_ms, piece_count, stored_bytes FROM dead_letters " +
        "WHERE id > ? ORDER BY id",
      row,
    );
    let open: Found | undefined;
    for (const each of rows) {
      const id = Number(each.id);
      if (open === undefined) {
        const stream = streamById(Number(each.stream));
        open = {
          id: `${id}-${Number(each.at_ms)}`,
          kind: stream.kind,
          table: tableNamed(each.table_name, stream.kind),
          encoding: stream.encoding,
          error: String(each.error),
          atMs: Number(each.at_ms),
          bytes: 0,
          stream,
          firstRow: id,
          lastRow: id + Number(each.piece_count) - 1,
        };
      }
      open = { ...open, bytes: open.bytes + Number(each.stored_bytes) };
      if (id === open.lastRow) {
        yield open;
        open = undefined;
      }
    }
  }
}

function rowOf(id: string): number {
  return Number(/^(\d{1,15})-\d{1,15}$/.exec(id)?.[1] ?? Number.MAX_SAFE_INTEGER);
}
