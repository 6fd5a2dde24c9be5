"""The program of one engine, and what it does before ClickHouse's code runs in it."""
