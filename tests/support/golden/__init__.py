"""Rows as the OpenTelemetry Collector's ClickHouse exporter writes them, and how they were made."""
