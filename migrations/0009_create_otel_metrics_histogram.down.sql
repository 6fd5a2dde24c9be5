-- Cannot bring back: every data point of a histogram.
DROP TABLE IF EXISTS otel_metrics_histogram;
