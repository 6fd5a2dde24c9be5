"""Programs that send with OpenTelemetry's own SDKs, a folder per language."""
