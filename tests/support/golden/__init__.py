"""Rows as the OpenTelemetry Collector's ClickHouse exporter writes them, and their requests."""
