"""The OpenTelemetry SDK for Python."""
