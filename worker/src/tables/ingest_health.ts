/** The statement of `ingest_health`: metrics of the buffers, `buffer/buffer_counters.ts`. */

export const HEALTH_STATEMENT = {
  query:
    "INSERT INTO ingest_health " +
    "(MetricName, MetricType, Buffer, Attributes, StartTimeUnix, TimeUnix, Value, Count, " +
    "BucketCounts, ExplicitBounds) FORMAT JSONEachRow",
  date_time_input_format: "basic",
};
