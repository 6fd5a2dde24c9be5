"""The worker's statements on every version of ClickHouse that the vendor may run."""
