-- What is inserted is written as one file, whatever its size; files for every column, which are dear
-- to write and good to read, are for merges to make. A batch of spans above 10 MiB, where they would
-- begin otherwise, costs a twelfth more CPU with them, and is merged away soon.
-- Parts as inserted have level 0; in `events`, whose rows an insert itself replaces, level 1.
ALTER TABLE otel_traces MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE otel_traces_trace_id_ts MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE otel_logs MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE otel_metrics_gauge MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE otel_metrics_sum MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE otel_metrics_histogram MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE otel_metrics_exponential_histogram MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE otel_metrics_summary MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE ingest_health MODIFY SETTING min_level_for_wide_part = 1;
ALTER TABLE events MODIFY SETTING min_level_for_wide_part = 2;
