/**
 * The days that rows have times on. Tables are partitioned by days, so a range of days bounds the
 * parts that an insert writes and the blocks that a table remembers for it, `buffer/admission.ts`.
 */
export interface DayRange {
  /** Days since 1970-01-01 UTC, both inclusive. */
  readonly fromDay: number;
  readonly toDay: number;
}

const DAY_MS = 24 * 3600 * 1000;

export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}

/** Of one row. */
export function daysFrom(timeMs: number): DayRange {
  return { fromDay: dayOf(timeMs), toDay: dayOf(timeMs) };
}

/** The smallest range that holds both; null means unknown and stays null. */
export function union(one: DayRange | null, other: DayRange | null): DayRange | null {
  if (one === null || other === null) {
    return null;
  }
  return {
    fromDay: Math.min(one.fromDay, other.fromDay),
    toDay: Math.max(one.toDay, other.toDay),
  };
}
