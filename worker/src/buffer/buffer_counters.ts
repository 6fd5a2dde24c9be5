/**
 * The sums of one buffer: what it counts itself, and what the isolates that feed it have counted.
 *
 * They survive the object: every run of the alarm leaves them in storage, a scrape writes down what
 * it shows before it is answered, and in between at most `COUNTS_SAVE_MS` of counts are only in
 * memory. So a counter never goes back on a scraper, and a crash forgets seconds.
 *
 * Into `ingest_health` goes what was added since the last time, as a chunk of its own kind on the
 * way that all chunks go. Chunk and sums are one transaction: what the table has adds up.
 */
import type { Outcome } from "../clickhouse.ts";
import { COUNTS_SAVE_MS, HEALTH_ROWS_MS, MAX_HEALTH_CHUNKS } from "../limits.ts";
import { ALL_TABLES, streamFor } from "../tables/index.ts";
import { Counters, type Sums, summed } from "../telemetry/counters.ts";
import { errorCodeFrom } from "../telemetry/error_codes.ts";
import { daysFrom } from "../time/days.ts";
import type { Batch, Extent } from "./batches.ts";
import { rowsFrom } from "./counter_rows.ts";
import type { DeadLetter, Expiry } from "./dead_letters.ts";
import type { BufferHooks } from "./hooks.ts";
import type { AppendRequest, AppendResult } from "./rpc.ts";
import { gaugesFrom } from "./status.ts";
import type { NewChunk, Store } from "./store.ts";

interface Stored {
  readonly reported: Sums;
  readonly unreported: Sums;
  readonly startMs: number;
  readonly movedMs: number | null;
}

type Hooks = Pick<BufferHooks, "onDeadLettered" | "onInsertFailed" | "onStored" | "status">;

const KEY = "counters";
const STREAM = streamFor("health", "raw");

export class BufferCounters {
  readonly #store: Store;
  readonly #buffer: string;
  readonly #hooks: Hooks;
  /** In the table, or on its way there. */
  #reported: Sums = {};
  readonly #unreported = new Counters();
  /** Since when the unreported were counted. */
  #startMs: number;
  /** When telemetry first moved since then; null: there is nothing to wake anybody for. */
  #movedMs: number | null = null;
  #savedMs = 0;
  #isSaved = true;

  /** `buffer` is its name, for people. */
  constructor(store: Store, buffer: string, hooks: Hooks) {
    this.#store = store;
    this.#buffer = buffer;
    this.#hooks = hooks;
    this.#startMs = Date.now();
    this.#quietly(() => this.#load());
  }

  #load(): void {
    const text = this.#store.meta(KEY);
    if (typeof text === "string") {
      const { reported, unreported, startMs, movedMs } = JSON.parse(text) as Stored;
      this.#unreported.merge(unreported);
      this.#reported = summed([reported]);
      this.#startMs = startMs;
      this.#movedMs = movedMs;
    }
  }

  // --- count ----------------------------------------------------------------------------------

  /** What an isolate has counted. It wakes nobody: requests alone are no reason for a row. */
  add(sums: Sums): void {
    this.#unreported.merge(sums);
    this.#isSaved = false;
    this.#saveIfOld(Date.now());
  }

  appended(bodies: readonly AppendRequest[], answers: readonly AppendResult[]): void {
    bodies.forEach(({ kind, rows }, index) => {
      const answer = answers[index] ?? "failed";
      if (answer === "unseen") {
        return; // no rows: like an empty body, it is not counted
      }
      this.#unreported.add("ingest_bodies_total", 1, kind, labelFrom(answer));
      if (answer === "stored") {
        this.#unreported.add("ingest_taken_rows_total", rows, kind);
        this.#moved();
      }
    });
    this.#isSaved = false;
  }

  committed(bodies: number, ms: number): void {
    this.#unreported.observe("ingest_commit_bodies", bodies);
    this.#unreported.observe("ingest_commit_duration_seconds", ms / 1000);
  }

  /** An attempt has its outcome; to be called before the batch is changed. */
  attempted(batch: Batch, outcome: Outcome, extent: () => Extent, ms: number): void {
    const { table, stream } = batch;
    if (outcome.verdict === "unknown") {
      this.#hooks.onInsertFailed(batch, outcome.error);
    }
    if (stream.kind === "health") {
      return; // telling of these rows would make more of them, for ever
    }
    const nowMs = Date.now();
    this.#unreported.observe("ingest_insert_duration_seconds", ms / 1000, table);
    if (outcome.verdict === "applied") {
      const { rows, storedBytes, oldestMs } = extent();
      const delay = Math.max(0, nowMs - oldestMs) / 1000;
      this.#unreported.add("ingest_batches_total", 1, table, "delivered");
      this.#unreported.observe("ingest_insert_rows", rows, table);
      this.#unreported.observe("ingest_insert_size_bytes", storedBytes, table);
      this.#unreported.observe("ingest_delivery_delay_seconds", delay, table);
      this.#moved();
    } else {
      this.#unreported.add("ingest_insert_errors_total", 1, table, errorCodeFrom(outcome.error));
      if (outcome.verdict === "unknown") {
        this.#unreported.add("ingest_batches_total", 1, table, "retried");
      }
    }
    this.#isSaved = false;
  }

  /** A refused batch was halved, or was one body and is a dead letter now. */
  setAside(batch: Batch, error: string, isOneBody: boolean): void {
    const { table, stream } = batch;
    if (isOneBody) {
      this.#hooks.onDeadLettered(batch, error);
    }
    if (stream.kind !== "health") {
      const outcome = isOneBody ? "dead_letter" : "split";
      this.#unreported.add("ingest_batches_total", 1, table, outcome);
      this.#moved();
    }
  }

  /** Counts dead letters that were deleted, by an operator or beyond their limits. */
  dropped(letters: readonly DeadLetter[], reason: Expiry | "operator"): void {
    for (const { table } of letters) {
      this.#unreported.add("ingest_dead_letters_dropped_total", 1, table, reason);
      this.#moved();
    }
    this.#isSaved = false;
  }

  #moved(): void {
    this.#movedMs ??= Date.now();
  }

  // --- keep -----------------------------------------------------------------------------------

  #save(nowMs: number): void {
    if (!this.#isSaved) {
      this.#write(
        {
          reported: this.#reported,
          unreported: this.#unreported.sums(),
          startMs: this.#startMs,
          movedMs: this.#movedMs,
        },
        nowMs,
      );
    }
  }

  #saveIfOld(nowMs: number): void {
    if (Math.abs(nowMs - this.#savedMs) >= COUNTS_SAVE_MS) {
      this.#save(nowMs);
    }
  }

  #write(stored: Stored, nowMs: number): void {
    this.#store.setMeta(KEY, JSON.stringify(stored));
    this.#savedMs = nowMs;
    this.#isSaved = true;
  }

  // --- tell -----------------------------------------------------------------------------------

  /** All there ever was, on disk before anybody sees it. */
  sums(): Sums {
    this.#save(Date.now());
    return summed([this.#reported, this.#unreported.sums()]);
  }

  /** While the alarm runs: stores the rows that are due, for delivery. */
  saveAndReportIfDue(nowMs: number): void {
    this.#quietly(() => {
      this.#saveIfOld(nowMs);
      this.#reportIfDue(nowMs);
    });
  }

  /** As the alarm ends. Returns when rows will be due; null while no telemetry has moved. */
  saveAtRunEnd(nowMs: number): number | null {
    this.#quietly(() => this.#save(nowMs));
    return this.#movedMs === null
      ? null
      : Math.min(this.#movedMs + HEALTH_ROWS_MS, nowMs + HEALTH_ROWS_MS);
  }

  /**
   * A disk that is full must not keep away the delivery that would make room, and sums that cannot
   * be read are no reason to lose a body.
   */
  #quietly(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#store.dropCachedCounts();
      this.#movedMs = null;
      this.#isSaved = false;
      console.error(`health: ${String(error)}`);
    }
  }

  #reportIfDue(nowMs: number): void {
    // A clock that was set back: waiting for the old time to come again would help nobody.
    const ageMs = nowMs - (this.#movedMs ?? nowMs);
    if (this.#movedMs === null || (ageMs >= 0 && ageMs < HEALTH_ROWS_MS)) {
      return;
    }
    // Where the table is missing, rows of its own must not fill the buffer: what was counted then
    // goes with the rows of a better time.
    if (this.#store.countChunks(STREAM) < MAX_HEALTH_CHUNKS) {
      this.#report(nowMs);
    }
    this.#movedMs = null;
  }

  #report(nowMs: number): void {
    const unreported = this.#unreported.sums();
    const reported = summed([this.#reported, unreported]);
    const interval = { buffer: this.#buffer, startMs: this.#startMs, endMs: nowMs };
    const rows = rowsFrom(unreported, gaugesFrom(this.#hooks.status()), interval);
    const chunk = chunkFrom(rows, nowMs);
    this.#store.transaction(() => {
      this.#store.insertChunk(STREAM, chunk);
      this.#write({ reported, unreported: {}, startMs: nowMs, movedMs: null }, nowMs);
    });
    this.#hooks.onStored(chunk.body.byteLength);
    this.#reported = reported;
    this.#unreported.take();
    this.#startMs = nowMs;
  }
}

function labelFrom(answer: Exclude<AppendResult, "unseen">): string {
  if (typeof answer === "string") {
    return answer;
  }
  return "seen" in answer ? "seen" : "limited";
}

function chunkFrom(rows: string, atMs: number): NewChunk {
  const body = new TextEncoder().encode(rows);
  return {
    sizes: [body.byteLength],
    rawBytes: body.byteLength,
    rows: 0, // nobody's telemetry: they neither wait nor are delivered in `GET /admin/buffers`
    repeatedBytes: 0,
    tables: ALL_TABLES,
    days: daysFrom(atMs),
    atMs,
    body,
  };
}
