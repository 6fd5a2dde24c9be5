-- What to read: every event once, whether or not its repeats have been merged away yet.
-- The setting is safe because equal keys are always in one partition, and spares comparing days.
CREATE VIEW IF NOT EXISTS events_once
SQL SECURITY INVOKER
AS SELECT *
FROM events
FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1;
