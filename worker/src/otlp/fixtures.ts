/** Times and spans for the unit tests in this folder. */
import { type Scan, scan } from "./scan.ts";
import { TRACES } from "./schema.ts";

export const NOW_MS = 1_800_000_000_000;
export const DAY_MS = 86_400_000;
export const WINDOW = { fromMs: NOW_MS - 30 * DAY_MS, toMs: NOW_MS + DAY_MS };
/** Return a fixed 64-bit field with this time in nanoseconds. */
export const time = (number: number, timeMs: number, nanos = 0n): number[] => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(timeMs) * 1_000_000n + nanos, true);
  return [number * 8 + 1, ...bytes];
};
export const START = time(7, NOW_MS);
export const scanTraces = (bytes: Uint8Array): Scan => scan(TRACES, bytes, WINDOW);
