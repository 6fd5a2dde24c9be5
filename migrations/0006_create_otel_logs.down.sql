-- Cannot bring back: every log record.
DROP TABLE IF EXISTS otel_logs;
