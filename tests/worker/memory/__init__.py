"""The memory of the worker's host and of an isolate."""
