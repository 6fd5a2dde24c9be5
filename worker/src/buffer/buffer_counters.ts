/**
 * The counters of one buffer: its counts, and those that isolates send to it.
 *
 * The counters outlive the object. Every run of the alarm stores them, and a scrape stores them before
 * it returns them. Between two alarms, the counts of at most `COUNTS_SAVE_MS` are only in memory. So a
 * scraper never sees a counter decrease, and a crash loses only the counts of a few seconds.
 *
 * The counts since the last report become rows of `ingest_health`. The rows are a chunk of the kind
 * `health`, and are delivered like all chunks. The chunk and the counters are stored in one
 * transaction, so that the rows in the table add up to the counters.
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
  /** Counts whose rows are stored as chunks or delivered. */
  #reported: Sums = {};
  readonly #unreported = new Counters();
  /** When the unreported counts began. */
  #startMs: number;
  /** When telemetry was first stored or delivered after `#startMs`; null: no report is needed. */
  #movedMs: number | null = null;
  #savedMs = 0;
  #isSaved = true;

  /** @param buffer the name of the buffer in reports. */
  constructor(store: Store, buffer: string, hooks: Hooks) {
    this.#store = store;
    this.#buffer = buffer;
    this.#hooks = hooks;
    this.#startMs = Date.now();
    this.#logErrors(() => this.#load());
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

  /** Adds the counts of an isolate. Without other counts they cause no report. */
  add(sums: Sums): void {
    this.#unreported.merge(sums);
    this.#isSaved = false;
    this.#saveIfOld(Date.now());
  }

  appended(bodies: readonly AppendRequest[], answers: readonly AppendResult[]): void {
    bodies.forEach(({ kind, rows }, index) => {
      const answer = answers[index] ?? "failed";
      if (answer === "unseen") {
        return; // a body without rows is not counted
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

  /** Counts the outcome of an attempt. Call before the batch changes. */
  attempted(batch: Batch, outcome: Outcome, extent: () => Extent, ms: number): void {
    const { table, stream } = batch;
    if (outcome.verdict === "unknown") {
      this.#hooks.onInsertFailed(batch, outcome.error);
    }
    if (stream.kind === "health") {
      return; // counting the rows of reports would cause more reports indefinitely
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

  /** Counts a rejected batch, which was split, or moved to the dead letters if it was one body. */
  rejected(batch: Batch, error: string, isOneBody: boolean): void {
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

  /** Counts deleted dead letters. */
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

  // --- store ----------------------------------------------------------------------------------

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

  // --- report ---------------------------------------------------------------------------------

  /** Stores and returns all counts. */
  sums(): Sums {
    this.#save(Date.now());
    return summed([this.#reported, this.#unreported.sums()]);
  }

  /** Stores the counters, and their rows for `ingest_health`, if they are due. */
  saveAndReportIfDue(nowMs: number): void {
    this.#logErrors(() => {
      this.#saveIfOld(nowMs);
      this.#reportIfDue(nowMs);
    });
  }

  /** Stores the counters. Returns when rows will be due; null if no telemetry was moved. */
  saveAtRunEnd(nowMs: number): number | null {
    this.#logErrors(() => this.#save(nowMs));
    return this.#movedMs === null
      ? null
      : Math.min(this.#movedMs + HEALTH_ROWS_MS, nowMs + HEALTH_ROWS_MS);
  }

  /**
   * Logs an error instead of throwing it. A full disk must not block the delivery that would free
   * space, and unreadable counters must not lose a body.
   */
  #logErrors(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#store.dropCachedCounts();
      this.#movedMs = null;
      this.#isSaved = false;
      console.error(`counters: ${String(error)}`);
    }
  }

  #reportIfDue(nowMs: number): void {
    // A negative age means that the clock was set back; then the rows are due now.
    const ageMs = nowMs - (this.#movedMs ?? nowMs);
    if (this.#movedMs === null || (ageMs >= 0 && ageMs < HEALTH_ROWS_MS)) {
      return;
    }
    // While the table is missing, these rows must not fill the buffer. Later rows include the counts.
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
    rows: 0, // not telemetry of clients, so `GET /admin/buffers` does not count them
    repeatedBytes: 0,
    tables: ALL_TABLES,
    days: daysFrom(atMs),
    atMs,
    body,
  };
}
