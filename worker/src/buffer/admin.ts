/**
 * What an operator can see of a buffer and do to it.
 *
 * Nothing here touches the argument of `worker/README.md`: a pause only puts off when something is
 * tried, and a dead letter that is sent again is a new batch under a number never used before.
 */
import { RpcTarget } from "cloudflare:workers";
import { MAX_BATCHES_AHEAD } from "../limits.ts";
import type { Statement, Table } from "../tables/index.ts";
import { type Gauges, gaugesFrom } from "../telemetry/gauges.ts";
import type { Sums } from "../telemetry/tally.ts";
import type { Batches } from "./batches.ts";
import { type DeadLetter, DeadLetters } from "./dead_letters.ts";
import { JOINED } from "./siblings.ts";
import type { Store } from "./store.ts";

export interface BufferStatus {
  readonly paused: boolean;
  readonly stored_bytes: number;
  /** Rows that wait; a body that was sent again out of the dead letters has none here. */
  readonly rows: number;
  readonly oldest_age_seconds: number | null;
  readonly batches: number;
  /** Paused and 0: ClickHouse hears nothing from this buffer. */
  readonly inserts_in_flight: number;
  /** Of a batch that waits to be tried again; null if none does. */
  readonly last_error: string | null;
  /** Rows of stored bodies that have left; one that was set aside counts with those beside it. */
  readonly rows_delivered: number;
  readonly dead_letters: number;
  readonly dead_letter_bytes: number;
}

export interface Hooks {
  readonly insertsInFlight: () => number;
  readonly freed: (storedBytes: number) => void;
  /** What was counted, `telemetry/health.ts`. */
  readonly sums: () => Sums;
  /** What a batch that is sealed now goes out with. */
  readonly statementFor: (table: Table) => Statement;
  /** Delivers now what there is. */
  readonly wake: () => void;
}

const SCHEMA = [
  "INSERT OR IGNORE INTO meta (key, value) VALUES ('rows_delivered', 0)",
  // Of older scripts: it wrote a row for every chunk, and each is billed (`COST.md`).
  "DROP TRIGGER IF EXISTS count_delivered",
] as const;

export class BufferAdmin extends RpcTarget {
  readonly #sql: SqlStorage;
  readonly #store: Store;
  readonly #batches: Batches;
  readonly #letters: DeadLetters;
  readonly #hooks: Hooks;
  #paused: boolean;

  constructor(sql: SqlStorage, store: Store, batches: Batches, hooks: Hooks) {
    super();
    this.#sql = sql;
    this.#store = store;
    this.#batches = batches;
    this.#letters = new DeadLetters(sql);
    this.#hooks = hooks;
    for (const statement of SCHEMA) {
      sql.exec(statement);
    }
    this.#paused = this.#isMetaSet("paused");
  }

  // --- look -----------------------------------------------------------------------------------

  status(): BufferStatus {
    const { storedBytes, oldestMs } = this.#store.depth();
    const { letters, bytes } = this.#letters.count();
    const [failing] = this.#sql
      .exec("SELECT last_error FROM batches WHERE last_error IS NOT NULL ORDER BY number LIMIT 1")
      .toArray();
    return {
      paused: this.#paused,
      stored_bytes: storedBytes,
      rows: this.#number("SELECT sum(row_count) AS value FROM chunks"),
      oldest_age_seconds: oldestMs === null ? null : Math.max(0, Date.now() - oldestMs) / 1000,
      batches: this.#number("SELECT count(*) AS value FROM batches"),
      inserts_in_flight: this.#hooks.insertsInFlight(),
      last_error: failing === undefined ? null : String(failing.last_error),
      rows_delivered: this.#number("SELECT value FROM meta WHERE key = 'rows_delivered'"),
      dead_letters: letters,
      dead_letter_bytes: bytes,
    };
  }

  health(): { sums: Sums; gauges: Gauges } {
    return { sums: this.#hooks.sums(), gauges: gaugesFrom(this.status()) };
  }

  #number(query: string): number {
    return Number(this.#sql.exec(query).toArray()[0]?.value ?? 0);
  }

  // --- pause ----------------------------------------------------------------------------------

  isPaused(): boolean {
    return this.#paused;
  }

  /** Bodies are still taken, up to the buffer's bound; inserts under way come to their end. */
  pause(): BufferStatus {
    this.#sql.exec("INSERT OR REPLACE INTO meta (key, value) VALUES ('paused', 1)");
    this.#paused = true;
    return this.status();
  }

  resume(): BufferStatus {
    this.#sql.exec("DELETE FROM meta WHERE key = 'paused'");
    this.#store.setMeta(JOINED, 1);
    this.#paused = false;
    this.#hooks.wake();
    return this.status();
  }

  #isMetaSet(key: string): boolean {
    return this.#sql.exec("SELECT 1 FROM meta WHERE key = ?", key).toArray().length > 0;
  }

  // --- dead letters ---------------------------------------------------------------------------

  deadLetters(afterId: string | null): DeadLetter[] {
    return this.#letters.list(afterId);
  }

  deadLetterBody(id: string): { letter: DeadLetter; body: Uint8Array } | null {
    const found = this.#letters.find(id);
    if (found === null) {
      return null;
    }
    const { stream: _stream, firstRow: _first, lastRow: _last, ...letter } = found;
    return { letter, body: this.#letters.body(found) };
  }

  /**
   * Sends letters again, each as a batch of its own for the one table that refused it; what is
   * refused once more becomes a new letter. Returns null if too many batches wait as it is.
   *
   * Exactly once: letter to chunk and batch is one transaction, and the batch has a number, and so
   * a token, that was never used. That the body is a letter proves that none of it is in the table.
   */
  redrive(ids: readonly string[]): string[] | null {
    if (this.#number("SELECT count(*) AS value FROM batches") + ids.length > MAX_BATCHES_AHEAD) {
      return null;
    }
    const sent = this.#eachLetter(ids, (letter) => {
      const body = this.#letters.body(letter);
      this.#letters.delete(letter);
      const statement = this.#hooks.statementFor(letter.table);
      this.#batches.sealApart(letter.stream, letter.table, { body, atMs: Date.now(), statement });
    });
    this.#hooks.wake();
    return sent.map(({ id }) => id);
  }

  /** For good. Returns the ids that there were. */
  drop(ids: readonly string[]): string[] {
    const dropped = this.#eachLetter(ids, (letter) => this.#letters.delete(letter));
    this.#hooks.freed(dropped.reduce((total, { bytes }) => total + bytes, 0));
    return dropped.map(({ id }) => id);
  }

  #eachLetter(
    ids: readonly string[],
    act: (letter: NonNullable<ReturnType<DeadLetters["find"]>>) => void,
  ): DeadLetter[] {
    try {
      return this.#store.transaction(() =>
        ids.flatMap((id) => {
          const letter = this.#letters.find(id);
          if (letter === null) {
            return [];
          }
          act(letter);
          return [letter];
        }),
      );
    } catch (error) {
      this.#store.forgetCounts();
      throw error;
    }
  }
}
