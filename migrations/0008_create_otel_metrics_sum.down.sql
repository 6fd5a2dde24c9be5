-- Cannot bring back: every data point of a sum.
DROP TABLE IF EXISTS otel_metrics_sum;
