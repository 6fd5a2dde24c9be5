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
  BATCH_ENOUGH_RAW_BYTES,
  BATCH_MAX_AGE_MS,
  BATCH_MIN_RAW_BYTES,
  BATCH_RAW_BYTES,
  BATCH_ROWS,
  INSERTS_IN_FLIGHT,
} from "../limits.ts";

/** What may go into a batch, and when it is sealed. */
export interface Bounds {
  readonly rawBytes: number;
  readonly rows: number;
  /** So much is not waited with. */
  readonly enoughRawBytes: number;
  /** The longest that a chunk waits to be sealed. */
  readonly ageMs: number;
}

/** Successes that it takes from the smallest batches back to full ones. */
const STEPS = 8;

export class Pace {
  #rawBytes = BATCH_RAW_BYTES;
  #ageMs = BATCH_AGE_MS;

  bounds(): Bounds {
    return {
      rawBytes: this.#rawBytes,
      // Rows cost memory, too, and a batch may be full of them and short.
      rows: Math.ceil((BATCH_ROWS * this.#rawBytes) / BATCH_RAW_BYTES),
      // Parts are what there is too much of: then nothing goes before its time but full batches.
      enoughRawBytes: this.#isRare() ? this.#rawBytes : BATCH_ENOUGH_RAW_BYTES,
      ageMs: this.#ageMs,
    };
  }

  insertsInFlight(): number {
    return this.#isRare() || this.#rawBytes < BATCH_RAW_BYTES ? 1 : INSERTS_IN_FLIGHT;
  }

  #isRare(): boolean {
    return this.#ageMs > BATCH_AGE_MS;
  }

  applied(): void {
    this.#rawBytes = Math.min(BATCH_RAW_BYTES, this.#rawBytes + BATCH_RAW_BYTES / STEPS);
    this.#ageMs = Math.max(BATCH_AGE_MS, this.#ageMs - BATCH_AGE_MS);
  }

  /** Merges do not keep up with the parts that inserts make. */
  tooManyParts(): void {
    this.#ageMs = Math.min(BATCH_MAX_AGE_MS, 2 * this.#ageMs);
  }

  /** Attempts of one batch count once: those to come are at most half of it. */
  outOfMemory(batchRawBytes: number): void {
    const half = Math.floor(batchRawBytes / 2);
    this.#rawBytes = Math.max(BATCH_MIN_RAW_BYTES, Math.min(this.#rawBytes, half));
  }
}

/** For batches that go into several tables: what suits all of them. */
export function strictest(all: readonly Bounds[]): Bounds {
  return {
    rawBytes: Math.min(...all.map(({ rawBytes }) => rawBytes)),
    rows: Math.min(...all.map(({ rows }) => rows)),
    enoughRawBytes: Math.max(...all.map(({ enoughRawBytes }) => enoughRawBytes)),
    ageMs: Math.max(...all.map(({ ageMs }) => ageMs)),
  };
}
