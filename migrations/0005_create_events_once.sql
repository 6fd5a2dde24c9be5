-- What to read: every event once, whether or not its repeats have been merged away yet. An event that
-- was sent again with the time of another day is in two partitions, so FINAL compares all of them.
-- The columns are named because `*` leaves out what is MATERIALIZED, and version is of no use to readers.
CREATE VIEW IF NOT EXISTS events_once
SQL SECURITY INVOKER
AS SELECT
    event_name,
    event_id,
    channel,
    campaign_id,
    user_id,
    timestamp,
    tags,
    metadata,
    metadata_text,
    received_at
FROM events
FINAL
SETTINGS do_not_merge_across_partitions_select_final = 0, enable_automatic_decision_for_merging_across_partitions_for_final = 0;
