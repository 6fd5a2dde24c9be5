/**
 * How large the inserts of a table are, and how often one comes, by what ClickHouse says of them.
 *
 * As senders on a network find their rate: at an error twice as far back, with each insert that
 * succeeds a step forward. What is sealed stays as it is (only an error of the bytes proves that
 * nothing of it was written), so this is about batches that are still to come. It is kept in memory:
 * an object that starts anew learns it anew, and waits between attempts all the same.
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

/** What may go into a batch, and when it is sealed. */
export interface Bounds {
  readonly rawBytes: number;
  readonly rows: number;
  /** Repeated bytes of its rows, `otlp/scan.ts`. */
  readonly repeatedBytes: number;
  /** How long a chunk waits that nothing joins; those of a full batch do not wait. */
  readonly ageMs: number;
}

/** Successes that it takes from the smallest batches back to full ones. */
const STEPS = 8;

export class InsertBackpressure {
  #rawBytes = BATCH_RAW_BYTES;
  #ageMs = BATCH_AGE_MS;
  /** Batches that there was no memory for yet: their numbers and raw bytes. */
  readonly #tooLarge = new Map<number, number>();

  bounds(): Bounds {
    const rawBytes = this.#limitBytes();
    return {
      rawBytes,
      // Rows cost memory, too, and a batch may be full of them and short.
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

  /** As long as one fails, no other is made that would fail beside it: two would stop the table. */
  #limitBytes(): number {
    return Math.min(this.#rawBytes, ...[...this.#tooLarge.values()].map(halfOf));
  }

  applied(number: number): void {
    this.gone(number);
    this.#rawBytes = Math.min(BATCH_RAW_BYTES, this.#rawBytes + BATCH_RAW_BYTES / STEPS);
    this.#ageMs = Math.max(BATCH_AGE_MS, this.#ageMs - BATCH_AGE_MS);
  }

  /** The batch is tried no more. */
  gone(number: number): void {
    this.#tooLarge.delete(number);
  }

  /** Merges do not keep up with the parts that inserts make. */
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

/** For batches that go into several tables: what suits all of them. */
export function strictest(all: readonly Bounds[]): Bounds {
  return {
    rawBytes: Math.min(...all.map(({ rawBytes }) => rawBytes)),
    rows: Math.min(...all.map(({ rows }) => rows)),
    repeatedBytes: Math.min(...all.map(({ repeatedBytes }) => repeatedBytes)),
    ageMs: Math.max(...all.map(({ ageMs }) => ageMs)),
  };
}
