"""Endpoints of operators: the admin API, dead letters, counters and error reports."""
