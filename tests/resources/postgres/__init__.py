"""`PostgresService`."""
