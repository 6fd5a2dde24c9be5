-- When each trace was, so that a query by TraceId alone reads one day's partition instead of all.
-- The exporter's table; filled by the view of the next migration.
CREATE TABLE IF NOT EXISTS otel_traces_trace_id_ts
(
    TraceId String CODEC(ZSTD(1)),
    Start DateTime CODEC(Delta, ZSTD(1)),
    End DateTime CODEC(Delta, ZSTD(1)),
    INDEX idx_trace_id TraceId TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(intDiv(toUInt16(toDate(Start, 'UTC')), ${PARTITION_DAYS}) * ${PARTITION_DAYS})
ORDER BY (TraceId, Start)
TTL toDateTime(Start) + toIntervalDay(${TTL_DAYS})
SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;
