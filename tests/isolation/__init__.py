"""Proof that no request leaves the machine in tests."""
