"""The ingest worker against real engines."""
