"""Tests of `local.clickhouse`."""
