"""`Telemetry` and the settings, tokens and probes around it."""
