/** Writes counters and gauges as JSON lines for the table `ingest_health`, `migrations/0012`. */
import { type Sample, type Sums, samplesFrom } from "../telemetry/counters.ts";
import { clickHouseTime } from "../time/clickhouse_time.ts";
import type { Gauges } from "./status.ts";

/** The buffer and the time range of one set of rows. */
export interface Interval {
  readonly buffer: string;
  readonly startMs: number;
  readonly endMs: number;
}

export function rowsFrom(sums: Sums, gauges: Gauges, interval: Interval): string {
  const common = {
    Buffer: interval.buffer,
    StartTimeUnix: clickHouseTime(interval.startMs),
    TimeUnix: clickHouseTime(interval.endMs),
  };
  const rows = [
    ...samplesFrom(sums).map((sample) => ({ ...common, ...fieldsOf(sample) })),
    ...Object.entries(gauges).map(([MetricName, Value]) => ({
      ...common,
      MetricName,
      MetricType: "gauge",
      Value,
    })),
  ];
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

function fieldsOf({ name, metric, labels, value }: Sample): Record<string, unknown> {
  const row = { MetricName: name, MetricType: metric.type, Attributes: labels };
  if (metric.type === "counter" || typeof value === "number") {
    return { ...row, Value: value };
  }
  const counts = value.slice(0, -1);
  return {
    ...row,
    Value: value.at(-1),
    Count: counts.reduce((total, count) => total + count, 0),
    BucketCounts: counts,
    ExplicitBounds: metric.bounds,
  };
}
