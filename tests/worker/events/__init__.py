"""Product events: their endpoints, values, times, deduplication and counts."""
