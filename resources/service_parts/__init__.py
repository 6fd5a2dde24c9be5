"""Parts of a service: backups, snapshots, endpoints, schedules, settings."""
