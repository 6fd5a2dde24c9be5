"""From the buffer to ClickHouse: batches, formats, shards, retries and exactly-once delivery."""
