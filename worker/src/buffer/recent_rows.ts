/** The stored keys of recent bodies, and the partial successes of those that had one. */
import type { PartialSuccess } from "../otlp/partial_success.ts";

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS recent_keys (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    keys BLOB NOT NULL
  ) STRICT`,
  // Only bodies with a partial success have a row. The primary key is in the order of deletion.
  `CREATE TABLE IF NOT EXISTS partial_successes (
    recent_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    rejected_rows INTEGER NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (recent_id, key)
  ) STRICT, WITHOUT ROWID`,
] as const;

/** The keys of the bodies of one write, concatenated. */
export interface KeysRow {
  readonly id: number;
  readonly atMs: number;
  readonly keys: Uint8Array;
}

export class RecentRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    for (const statement of SCHEMA) {
      sql.exec(statement);
    }
  }

  /** Returns the row's id. */
  insertKeys(atMs: number, keys: Uint8Array): number {
    const sql = "INSERT INTO recent_keys (at_ms, keys) VALUES (?, ?) RETURNING id";
    return Number(this.#sql.exec(sql, atMs, keys).one().id);
  }

  *keys(): Generator<KeysRow> {
    for (const row of this.#sql.exec("SELECT id, at_ms, keys FROM recent_keys ORDER BY id")) {
      const keys = new Uint8Array(row.keys as ArrayBuffer);
      yield { id: Number(row.id), atMs: Number(row.at_ms), keys };
    }
  }

  deleteBefore(id: number): void {
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
