-- The exporter's view. Ours: it reads with the rights of the user that runs the migrations, so that
-- the user that inserts spans needs no right to read any.
CREATE MATERIALIZED VIEW IF NOT EXISTS otel_traces_trace_id_ts_mv
TO otel_traces_trace_id_ts
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    TraceId,
    min(Timestamp) AS Start,
    max(Timestamp) AS End
FROM otel_traces
WHERE TraceId != ''
GROUP BY TraceId;
