/** What the buffer says of itself, `buffer/buffer_counters.ts`, into `ingest_health`. */

export const HEALTH_STATEMENT = {
  query:
    "INSERT INTO ingest_health " +
    "(MetricName, MetricType, Buffer, Attributes, StartTimeUnix, TimeUnix, Value, Count, " +
    "BucketCounts, ExplicitBounds) FORMAT JSONEachRow",
  date_time_input_format: "basic",
};
