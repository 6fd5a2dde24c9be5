-- Cannot bring back: entries for spans that are inserted while the view is away.
DROP VIEW IF EXISTS otel_traces_trace_id_ts_mv;
