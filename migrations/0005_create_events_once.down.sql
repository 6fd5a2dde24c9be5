-- Loses nothing: a view holds no rows.
DROP VIEW IF EXISTS events_once;
