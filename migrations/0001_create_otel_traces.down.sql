-- Cannot bring back: every span.
DROP TABLE IF EXISTS otel_traces;
