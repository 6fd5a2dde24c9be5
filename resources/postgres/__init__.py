"""Managed Postgres services."""
