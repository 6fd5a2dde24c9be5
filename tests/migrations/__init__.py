"""The migrations against a real ClickHouse."""
