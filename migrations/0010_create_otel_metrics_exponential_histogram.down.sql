-- Cannot bring back: every data point of an exponential histogram.
DROP TABLE IF EXISTS otel_metrics_exponential_histogram;
