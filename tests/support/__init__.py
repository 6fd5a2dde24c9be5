"""Helpers that several folders of tests use: engines, clouds, stacks and payloads."""
