-- Loses nothing: parts that are there stay as they are.
ALTER TABLE otel_traces RESET SETTING min_level_for_wide_part;
ALTER TABLE otel_traces_trace_id_ts RESET SETTING min_level_for_wide_part;
ALTER TABLE otel_logs RESET SETTING min_level_for_wide_part;
ALTER TABLE otel_metrics_gauge RESET SETTING min_level_for_wide_part;
ALTER TABLE otel_metrics_sum RESET SETTING min_level_for_wide_part;
ALTER TABLE otel_metrics_histogram RESET SETTING min_level_for_wide_part;
ALTER TABLE otel_metrics_exponential_histogram RESET SETTING min_level_for_wide_part;
ALTER TABLE otel_metrics_summary RESET SETTING min_level_for_wide_part;
ALTER TABLE ingest_health RESET SETTING min_level_for_wide_part;
ALTER TABLE events RESET SETTING min_bytes_for_wide_part;
