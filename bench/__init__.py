"""Benchmarks. Each file measures one question, against a peer or a floor in the same run."""
