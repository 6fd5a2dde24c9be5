/** Product events, one JSON object a line, into `events`. */

export const EVENTS_STATEMENT = {
  query:
    "INSERT INTO events " +
    "(event_name, channel, campaign_id, user_id, timestamp, tags, metadata, received_at) " +
    "FORMAT JSONEachRow",
  // The worker sends `2026-01-31 12:00:00.000`; the other forms would be slower to read.
  date_time_input_format: "basic",
  // {"a": {"b": 1}, "a.b": 2} is one path twice to the JSON type: keep the first, refuse nothing.
  type_json_skip_duplicated_paths: "1",
};
