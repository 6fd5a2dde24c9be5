"""Tests of `Telemetry` and of the settings, tokens and probes around it."""
