"""The program of one engine: it restricts its process, then runs ClickHouse."""
