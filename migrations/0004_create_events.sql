-- Product events. Rows with equal event_name and event_id are one event, and the row received first
-- is the one that counts: merges keep it, and `events_once` shows it before merges have run.
-- event_id: the client's, or one built from the fields that identify an event with a time of its own.
-- The default starts with `built:`, as no client's id may, and the time, so that a range of time is a
-- range of the table; the length keeps channel and user apart. The worker builds ids of the same form
-- for events without a time.
-- metadata_text: the metadata as sent, digit by digit. metadata: the same for queries by path, and an
-- empty object where ClickHouse's parser rejects the text, so that no event rejects an insert. Not
-- JSONExtract(metadata_text, 'JSON'): seen in 26.7 to turn items of lists of several types into null.
-- max_dynamic_paths: each of them is a column of every row of an insert, about 32 bytes a row, while
-- the rows are read. With the default 1024, 10,000 events of 1,000 keys took 320 MB and 10 s, now 41
-- MB and under 1 s. Further paths of a part are stored together: queries find them, but read more.
-- version: the highest wins in ReplacingMergeTree, so it falls as received_at rises.
-- Sort key: "this event in this time range" and "this event once".
CREATE TABLE IF NOT EXISTS events
(
    event_name LowCardinality(String) CODEC(ZSTD(1)),
    event_id String DEFAULT concat('built:', lower(leftPad(hex(toUnixTimestamp64Milli(timestamp)), 12, '0')), '-', lower(leftPad(hex(sipHash64(concat(toString(length(channel)), ':', channel, user_id))), 16, '0'))) CODEC(ZSTD(1)),
    channel LowCardinality(String) CODEC(ZSTD(1)),
    campaign_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    timestamp DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    tags Array(LowCardinality(String)) CODEC(ZSTD(1)),
    metadata_text String CODEC(ZSTD(1)),
    metadata JSON(max_dynamic_paths = 100)
        DEFAULT CAST(if(JSONType(metadata_text) = 'Object', metadata_text, '{}'), 'JSON(max_dynamic_paths = 100)')
        CODEC(ZSTD(1)),
    received_at DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    version UInt64 MATERIALIZED bitNot(toUInt64(toUnixTimestamp64Nano(received_at))) CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toDate(intDiv(toUInt16(toDate(timestamp, 'UTC')), ${PARTITION_DAYS}) * ${PARTITION_DAYS})
ORDER BY (event_name, event_id)
TTL toDateTime(timestamp) + toIntervalDay(${TTL_DAYS})
SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;
