-- What is inserted is written as one file, whatever its size; files for every column, which are dear
-- to write and good to read, are for merges to make. A batch of spans above 10 MiB, where they would
-- begin otherwise, costs a twelfth more CPU with them, and is merged away soon.
-- Parts as inserted have level 0. Parts of `events` stay one file after merges, too: as files for every
-- column, each path and type of metadata would have its own. 6,000 random events made a part of 16,713
-- files (1,207 with max_dynamic_types = 0), which can use up the file descriptors of all tables.
ALTER TABLE otel_traces MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE otel_traces_trace_id_ts MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE otel_logs MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE otel_metrics_gauge MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE otel_metrics_sum MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE otel_metrics_histogram MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE otel_metrics_exponential_histogram MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE otel_metrics_summary MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE ingest_health MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE events MODIFY SETTING min_bytes_for_wide_part = 1152921504606846976;
