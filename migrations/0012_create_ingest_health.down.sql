-- Cannot bring back: what the worker said of itself. Its counters go on.
DROP TABLE IF EXISTS ingest_health;
