"""Tests of `local.cloudflare`."""
