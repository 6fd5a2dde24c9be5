-- Cannot bring back: every data point of a gauge.
DROP TABLE IF EXISTS otel_metrics_gauge;
