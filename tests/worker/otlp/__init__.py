"""OTLP: which rows are stored for a request, and which rows are rejected."""
