-- Cannot bring back: every data point of a summary.
DROP TABLE IF EXISTS otel_metrics_summary;
