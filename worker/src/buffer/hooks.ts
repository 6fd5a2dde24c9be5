/** The calls of an IngestBuffer's parts to the buffer: events that they report, and requests. */
import type { Statement, Table } from "../tables/index.ts";
import type { Sums } from "../telemetry/counters.ts";
import type { Batch } from "./batches.ts";
import type { DeadLetter } from "./dead_letters.ts";
import type { Progress } from "./progress.ts";
import type { BufferStatus } from "./status.ts";

/** Each part declares the hooks it uses: `Pick<BufferHooks, "onStored" | "onFreed">`. */
export interface BufferHooks {
  // --- events ---------------------------------------------------------------------------------

  /** A group of bodies was written but is not synced; another write now is synced with it. */
  readonly onWritten: () => void;
  /** A group of bodies is on disk; `ms` is how long the write and the sync took. */
  readonly onCommitted: (bodies: number, ms: number) => void;
  /** Bytes were stored that no client sent: rows of `ingest_health`, or redriven bodies. */
  readonly onStored: (storedBytes: number) => void;
  /** Bytes of delivered or dead-lettered bodies were deleted. */
  readonly onFreed: (storedBytes: number) => void;
  /** An attempt failed, and the batch waits for the next one. */
  readonly onInsertFailed: (batch: Batch, error: string) => void;
  readonly onDeadLettered: (batch: Batch, error: string) => void;
  /** An operator dropped dead letters. */
  readonly onDeadLettersDropped: (letters: readonly DeadLetter[]) => void;

  // --- requests -------------------------------------------------------------------------------

  /** Resolves when everything written so far is on disk. */
  readonly sync: () => Promise<void>;
  /** Sets the alarm to now. */
  readonly deliverNow: () => void;
  /** Returns the statement of batches that are sealed from now on. */
  readonly statementFor: (table: Table) => Statement;
  readonly status: () => BufferStatus;
  /** Returns all counts, which are on disk when it returns. */
  readonly sums: () => Sums;
  readonly insertsInFlight: () => number;
  readonly isPaused: () => boolean;
  readonly pause: () => void;
  /** Sends this shard's layout to another shard, and returns its progress. */
  readonly exchangeProgress: (shard: string) => Promise<Progress>;
}
