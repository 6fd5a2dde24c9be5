/**
 * The operations of an operator on one buffer.
 *
 * The proof in `worker/README.md` remains valid: a pause only delays attempts, and a redriven dead
 * letter is a new batch under a new number.
 */
import { RpcTarget } from "cloudflare:workers";
import type { Sums } from "../telemetry/counters.ts";
import { type DeadLetter, type DeadLetters, type LetterFilter, shown } from "./dead_letters.ts";
import type { BufferHooks } from "./hooks.ts";
import type { FilterResult, Redriver } from "./redrive.ts";
import { JOINED_PAUSE } from "./shard_coordination.ts";
import { type BufferStatus, type Gauges, gaugesFrom } from "./status.ts";
import type { Store } from "./store.ts";

type Hooks = Pick<BufferHooks, "deliverNow" | "insertsInFlight" | "sums">;

const SCHEMA = [
  "INSERT OR IGNORE INTO meta (key, value) VALUES ('rows_delivered', 0)",
  // Older scripts created this trigger. It wrote a billed row for every chunk (`COST.md`).
  "DROP TRIGGER IF EXISTS count_delivered",
] as const;

export class BufferAdmin extends RpcTarget {
  readonly #sql: SqlStorage;
  readonly #store: Store;
  readonly #letters: DeadLetters;
  readonly #redriver: Redriver;
  readonly #hooks: Hooks;
  #paused: boolean;

  constructor(
    sql: SqlStorage,
    store: Store,
    letters: DeadLetters,
    redriver: Redriver,
    hooks: Hooks,
  ) {
    super();
    this.#sql = sql;
    this.#store = store;
    this.#letters = letters;
    this.#redriver = redriver;
    this.#hooks = hooks;
    for (const statement of SCHEMA) {
      sql.exec(statement);
    }
    this.#paused = this.#isMetaSet("paused");
  }

  // --- read -----------------------------------------------------------------------------------

  status(): BufferStatus {
    const { storedBytes, oldestMs } = this.#store.depth();
    const nowMs = Date.now();
    const letters = this.#letters.totals();
    const [failing] = this.#sql
      .exec("SELECT last_error FROM batches WHERE last_error IS NOT NULL ORDER BY number LIMIT 1")
      .toArray();
    return {
      paused: this.#paused,
      stored_bytes: storedBytes + letters.bytes,
      rows: this.#number("SELECT sum(row_count) AS value FROM chunks"),
      oldest_age_seconds: ageSeconds(oldestMs, nowMs),
      batches: this.#number("SELECT count(*) AS value FROM batches"),
      inserts_in_flight: this.#hooks.insertsInFlight(),
      last_error: failing === undefined ? null : String(failing.last_error),
      rows_delivered: this.#number("SELECT value FROM meta WHERE key = 'rows_delivered'"),
      dead_letters: letters.letters,
      dead_letter_bytes: letters.bytes,
      dead_letter_oldest_age_seconds: ageSeconds(letters.oldestMs, nowMs),
      dead_letters_used_ratio: this.#letters.usedRatio(nowMs),
    };
  }

  counters(): { sums: Sums; gauges: Gauges } {
    return { sums: this.#hooks.sums(), gauges: gaugesFrom(this.status()) };
  }

  #number(query: string): number {
    return Number(this.#sql.exec(query).toArray()[0]?.value ?? 0);
  }

  // --- pause ----------------------------------------------------------------------------------

  isPaused(): boolean {
    return this.#paused;
  }

  /** Stops new inserts. Bodies are accepted up to the buffer's limit, and inserts in flight finish. */
  pause(): BufferStatus {
    this.#sql.exec("INSERT OR REPLACE INTO meta (key, value) VALUES ('paused', 1)");
    this.#paused = true;
    return this.status();
  }

  resume(): BufferStatus {
    this.#sql.exec("DELETE FROM meta WHERE key = 'paused'");
    this.#store.setMeta(JOINED_PAUSE, 1);
    this.#paused = false;
    this.#hooks.deliverNow();
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
    return found === null ? null : { letter: shown(found), body: this.#letters.body(found) };
  }

  redrive(ids: readonly string[]): string[] | null {
    return this.#redriver.redrive(ids);
  }

  redriveMatching(filter: LetterFilter): FilterResult {
    return this.#redriver.redriveMatching(filter);
  }

  drop(ids: readonly string[]): string[] {
    return this.#redriver.drop(ids);
  }

  dropMatching(filter: LetterFilter): FilterResult {
    return this.#redriver.dropMatching(filter);
  }
}

function ageSeconds(atMs: number | null, nowMs: number): number | null {
  return atMs === null ? null : Math.max(0, nowMs - atMs) / 1000;
}
