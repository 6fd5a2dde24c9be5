"""Benchmarks: a question per file, answered against a peer or a floor in the same run."""
