"""What an operator uses: the admin API, dead letters, counters and error reports."""
