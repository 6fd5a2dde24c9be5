/**
 * Adapts the size and the frequency of a table's inserts to ClickHouse's errors.
 *
 * As in TCP congestion control, an error halves the rate, and each successful insert raises it by a
 * step. Only later batches change. A sealed batch is not split, because only an error about its
 * bytes proves that no row was written. The state is in memory: a restarted object begins with
 * the defaults, and waits between its attempts in any case.
 */
import {
  BATCH_AGE_MS,
  BATCH_MAX_AGE_MS,
  BATCH_MIN_RAW_BYTES,
  BATCH_RAW_BYTES,
  BATCH_REPEATED_BYTES,
  BATCH_ROWS,
  INSERTS_IN_FLIGHT,
} from "../limits.ts";

/** The maximum of a batch, and when it is sealed. */
export interface Bounds {
  readonly rawBytes: number;
  readonly rows: number;
  /** The repeated bytes of its rows, `otlp/scan.ts`. */
  readonly repeatedBytes: number;
  /** How long a single chunk waits to be sealed; a full batch does not wait. */
  readonly ageMs: number;
}

/** The number of successful inserts from the smallest batches back to full ones. */
const STEPS = 8;

export class InsertBackpressure {
  #rawBytes = BATCH_RAW_BYTES;
  #ageMs = BATCH_AGE_MS;
  /** By batch number: the raw bytes of batches for which ClickHouse had no memory. */
  readonly #tooLarge = new Map<number, number>();

  bounds(): Bounds {
    const rawBytes = this.#limitBytes();
    return {
      rawBytes,
      // Rows need memory as well: a batch with many rows may have few bytes.
      rows: Math.ceil((BATCH_ROWS * rawBytes) / BATCH_RAW_BYTES),
      repeatedBytes: Math.ceil((BATCH_REPEATED_BYTES * rawBytes) / BATCH_RAW_BYTES),
      ageMs: this.#ageMs,
    };
  }

  insertsInFlight(): number {
    return this.#isRare() || this.#limitBytes() < BATCH_RAW_BYTES ? 1 : INSERTS_IN_FLIGHT;
  }

  #isRare(): boolean {
    return this.#ageMs > BATCH_AGE_MS;
  }

  /** While a batch fails, other batches must be smaller: two failing batches would block the table. */
  #limitBytes(): number {
    return Math.min(this.#rawBytes, ...[...this.#tooLarge.values()].map(halfOf));
  }

  applied(number: number): void {
    this.finished(number);
    this.#rawBytes = Math.min(BATCH_RAW_BYTES, this.#rawBytes + BATCH_RAW_BYTES / STEPS);
    this.#ageMs = Math.max(BATCH_AGE_MS, this.#ageMs - BATCH_AGE_MS);
  }

  /** The batch has no further attempts. */
  finished(number: number): void {
    this.#tooLarge.delete(number);
  }

  /** The merges of the table are slower than its inserts. */
  tooManyParts(): void {
    this.#ageMs = Math.min(BATCH_MAX_AGE_MS, 2 * this.#ageMs);
  }

  outOfMemory(number: number, rawBytes: number): void {
    this.#tooLarge.set(number, rawBytes);
    this.#rawBytes = this.#limitBytes();
  }
}

function halfOf(rawBytes: number): number {
  return Math.max(BATCH_MIN_RAW_BYTES, Math.floor(rawBytes / 2));
}

/** Return the bounds of batches with rows for several tables. */
export function strictest(all: readonly Bounds[]): Bounds {
  return {
    rawBytes: Math.min(...all.map(({ rawBytes }) => rawBytes)),
    rows: Math.min(...all.map(({ rows }) => rows)),
    repeatedBytes: Math.min(...all.map(({ repeatedBytes }) => repeatedBytes)),
    ageMs: Math.max(...all.map(({ ageMs }) => ageMs)),
  };
}
