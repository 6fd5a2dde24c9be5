-- Product events. Rows that agree in event_name, channel, user_id and timestamp are one event:
-- merges keep the one received last, and `events_once` shows one before they have run. Equal
-- timestamps put them in one partition, without which they would never meet.
-- Sort key: "this event in this time range, by channel or user"; the hour stands before the user so
-- that a range of time is a range of the table.
CREATE TABLE IF NOT EXISTS events
(
    event_name LowCardinality(String) CODEC(ZSTD(1)),
    channel LowCardinality(String) CODEC(ZSTD(1)),
    campaign_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    timestamp DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    tags Array(LowCardinality(String)) CODEC(ZSTD(1)),
    metadata JSON CODEC(ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toDate(intDiv(toUInt16(toDate(timestamp, 'UTC')), ${PARTITION_DAYS}) * ${PARTITION_DAYS})
ORDER BY (event_name, toStartOfHour(timestamp), channel, user_id, timestamp)
TTL toDateTime(timestamp) + toIntervalDay(${TTL_DAYS})
SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;
