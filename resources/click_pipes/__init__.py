"""ClickPipes: ingestion pipes of a service."""
