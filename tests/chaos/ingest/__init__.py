"""Constant load on the ingest worker while engines, connections, disk and clocks fail."""
