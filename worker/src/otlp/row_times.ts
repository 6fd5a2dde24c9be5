/**
 * Checks whether the times of rows are in their window, fast enough for every row.
 *
 * OTLP's times are 64-bit nanoseconds. The unit of the upper half is 4.3 s, which is exact enough to
 * accept a row. `rewrite` decides exactly for rows near an edge of the window.
 */
import { type DayRange, dayOf } from "../time/days.ts";
import type { TimeWindow } from "../time/time_window.ts";

const NANOS_PER_MS = 1_000_000n;
const HIGH_WORD_MS = 2 ** 32 / 1_000_000;

export class RowTimes {
  readonly #from: number;
  readonly #to: number;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  constructor({ fromMs, toMs }: TimeWindow) {
    this.#from = Math.max(0, highWordOf(fromMs));
    this.#to = highWordOf(toMs);
  }

  /** Records the upper half of a time; returns false if it is absent (0), outside or at an edge. */
  accept(high: number): boolean {
    if (high <= this.#from || high >= this.#to) {
      return false;
    }
    this.note(high);
    return true;
  }

  note(high: number): void {
    if (high < this.#first) {
      this.#first = high;
    }
    if (high > this.#last) {
      this.#last = high;
    }
  }

  /** Returns the days of the recorded rows, with an error of at most 4.3 s; null if there are none. */
  days(): DayRange | null {
    return this.#first > this.#last
      ? null
      : {
          fromDay: dayOf(this.#first * HIGH_WORD_MS),
          toDay: dayOf((this.#last + 1) * HIGH_WORD_MS),
        };
  }
}

function highWordOf(timeMs: number): number {
  return Number((BigInt(Math.floor(timeMs)) * NANOS_PER_MS) >> 32n);
}

/** Return the upper half of the little-endian 64-bit number at `at`. */
export function highWord(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at + 4] as number) |
      ((bytes[at + 5] as number) << 8) |
      ((bytes[at + 6] as number) << 16) |
      ((bytes[at + 7] as number) << 24)) >>>
    0
  );
}
