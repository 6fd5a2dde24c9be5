"""The telemetry stack: the ingest worker, its storage, access and settings."""
