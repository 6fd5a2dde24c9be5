/**
 * The days of rows. Tables are partitioned by days, so a range of days limits the parts of an insert,
 * and the blocks whose tokens a table stores for it (`buffer/shard_coordination.ts`).
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

/** Return the day of one row. */
export function daysFrom(timeMs: number): DayRange {
  return { fromDay: dayOf(timeMs), toDay: dayOf(timeMs) };
}

/** Return the smallest range that includes both; null (unknown) if one is null. */
export function union(one: DayRange | null, other: DayRange | null): DayRange | null {
  if (one === null || other === null) {
    return null;
  }
  return {
    fromDay: Math.min(one.fromDay, other.fromDay),
    toDay: Math.max(one.toDay, other.toDay),
  };
}
