-- Cannot bring back: every event.
DROP TABLE IF EXISTS events;
