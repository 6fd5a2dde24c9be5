/** Times as strings that ClickHouse reads as `DateTime64(3)`. */

let last = { ms: Number.NaN, text: "" };

/** `2026-01-31 12:00:00.000`, cached: many rows share a time, and formatting costs CPU. */
export function clickHouseTime(ms: number): string {
  if (ms !== last.ms) {
    last = { ms, text: new Date(ms).toISOString().slice(0, -1).replace("T", " ") };
  }
  return last.text;
}
