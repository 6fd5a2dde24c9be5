"""Tests of the migrations with a real ClickHouse."""
