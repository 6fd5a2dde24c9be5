"""The local ClickHouse Cloud."""
