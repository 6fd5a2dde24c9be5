/**
 * Which days rows have times of. Tables are partitioned by days, so a range of them bounds how many
 * parts an insert writes and how many blocks a table remembers of it, `buffer/admission.ts`.
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

/** The smallest range that holds both; null, which is unknown, stays unknown. */
export function union(one: DayRange | null, other: DayRange | null): DayRange | null {
  if (one === null || other === null) {
    return null;
  }
  return {
    fromDay: Math.min(one.fromDay, other.fromDay),
    toDay: Math.max(one.toDay, other.toDay),
  };
}
