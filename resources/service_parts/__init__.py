"""What a service has one of, or is configured with: backups, endpoints, schedules, settings."""
