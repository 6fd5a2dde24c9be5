"""Tests of the worker's statements on all versions of ClickHouse that the vendor may run."""
