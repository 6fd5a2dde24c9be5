-- What the ingest worker says of itself: a row for each of its metrics and labels, at most once a
-- minute and only while telemetry moves. Counters and histograms have what was added from
-- StartTimeUnix to TimeUnix, so that sums over any range of time are right, also over restarts;
-- gauges have what held at TimeUnix. Names are those of `GET /admin/metrics`.
-- Sort key: "this metric, of this buffer, in this time range".
CREATE TABLE IF NOT EXISTS ingest_health
(
    MetricName LowCardinality(String) COMMENT 'As in Prometheus, with the unit at its end' CODEC(ZSTD(1)),
    MetricType LowCardinality(String) COMMENT 'counter, histogram or gauge' CODEC(ZSTD(1)),
    Buffer LowCardinality(String) COMMENT 'Team and shard that counted' CODEC(ZSTD(1)),
    Attributes Map(LowCardinality(String), String) COMMENT 'Labels' CODEC(ZSTD(1)),
    StartTimeUnix DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    TimeUnix DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    Value Float64 COMMENT 'Of a histogram: the sum of what was observed' CODEC(ZSTD(1)),
    Count UInt64 COMMENT 'Observations of a histogram' CODEC(ZSTD(1)),
    BucketCounts Array(UInt64) COMMENT 'Observations in each bucket, the last has no upper bound' CODEC(ZSTD(1)),
    ExplicitBounds Array(Float64) COMMENT 'Upper bounds of the buckets but the last' CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(intDiv(toUInt16(toDate(TimeUnix, 'UTC')), ${PARTITION_DAYS}) * ${PARTITION_DAYS})
ORDER BY (MetricName, Buffer, TimeUnix)
TTL toDateTime(TimeUnix) + toIntervalDay(${TTL_DAYS})
SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;
