/** Rows that cannot be stored, with the reasons for `partial_success` and a counter. */
import type { TimeWindow } from "../time/time_window.ts";

/** Values of the label `reason` of `ingest_rejected_rows_total`. */
export type RejectReason = "invalid_id" | "no_time" | "too_old" | "too_far_ahead";

export interface Rejected {
  readonly rows: number;
  readonly byReason: ReadonlyMap<RejectReason, number>;
  /** The reason for the first rejected row; null if there is none. */
  readonly reason: string | null;
  /** Exemplars removed from stored data points, and the reason for the first. */
  readonly exemplars: number;
  readonly exemplarReason: string | null;
}

export const NOTHING_REJECTED: Rejected = {
  rows: 0,
  byReason: new Map(),
  reason: null,
  exemplars: 0,
  exemplarReason: null,
};

/** Whether rows were rejected for their times. At another time they may be inside the window. */
export function canBeStoredAtOtherTimes({ byReason }: Rejected): boolean {
  return byReason.has("too_old") || byReason.has("too_far_ahead");
}

/** Rejects one row or exemplar; the code that skips it catches this error. */
export class NotStorable extends Error {
  readonly reason: RejectReason;

  constructor(reason: RejectReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The error for a row whose time is outside the window. */
export function outside(name: string, timeMs: number, { fromMs, toMs }: TimeWindow): NotStorable {
  const reason = timeMs < fromMs ? "too_old" : "too_far_ahead";
  return new NotStorable(
    reason,
    `${name} is ${iso(timeMs)}, allowed: from ${iso(fromMs)} (how long rows are kept) ` +
      `to ${iso(toMs)}`,
  );
}

/** JavaScript dates range from -271821 to 275760, and so include all of 2^64 nanoseconds. */
function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

export class Rejections {
  readonly #byReason = new Map<RejectReason, number>();
  #rows = 0;
  #reason: string | null = null;
  #exemplars = 0;
  #exemplarReason: string | null = null;

  row(name: string, { reason, message }: NotStorable): void {
    this.#rows++;
    this.#byReason.set(reason, (this.#byReason.get(reason) ?? 0) + 1);
    this.#reason ??= `${name}: ${message}`;
  }

  exemplar(name: string, { message }: NotStorable): void {
    this.#exemplars++;
    this.#exemplarReason ??= `${name}: ${message}`;
  }

  rejected(): Rejected {
    return {
      rows: this.#rows,
      byReason: this.#byReason,
      reason: this.#reason,
      exemplars: this.#exemplars,
      exemplarReason: this.#exemplarReason,
    };
  }
}
