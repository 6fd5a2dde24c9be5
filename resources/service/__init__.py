"""A ClickHouse Cloud service and its lifecycle."""
