"""`ClickPipe` and its settings."""
