"""Clients that attack the worker, and bodies that are damaged."""
