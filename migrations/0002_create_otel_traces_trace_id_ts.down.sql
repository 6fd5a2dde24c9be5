-- Loses nothing that otel_traces does not hold: the table can be filled from it again.
DROP TABLE IF EXISTS otel_traces_trace_id_ts;
