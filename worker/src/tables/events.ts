/** The statement of `events`: product events, one JSON object per line. */

export const EVENTS_STATEMENT = {
  query:
    "INSERT INTO events (event_name, event_id, channel, campaign_id, user_id, timestamp, tags, " +
    "metadata_text, metadata, received_at) FORMAT JSONEachRow",
  // The worker sends `2026-01-31 12:00:00.000`; other formats would be slower to parse.
  date_time_input_format: "basic",
  // ClickHouse derives absent columns from the others: event_id and metadata.
  input_format_defaults_for_omitted_fields: "1",
  // metadata_text is sent as an object and stored as the bytes of that object.
  input_format_json_read_objects_as_strings: "1",
  // Of equal events in one insert, only the first is written.
  optimize_on_insert: "1",
  ...jsonTypeSettings(),
};

/**
 * Settings for metadata as ClickHouse's JSON type. A string stays a string, independent of its content
 * and of the values that other events of the batch have under the same path.
 */
function jsonTypeSettings(): Record<string, string> {
  return {
    input_format_try_infer_dates: "0", // "2026-02-30" would become "2026-03-02"
    input_format_try_infer_datetimes: "0",
    input_format_json_try_infer_numbers_from_strings: "0",
    input_format_try_infer_variants: "0",
    input_format_try_infer_integers: "1",
    input_format_json_infer_array_of_dynamic_from_array_of_different_types: "1",
    input_format_json_read_bools_as_numbers: "0", // [true, 1] would become [1, 1]
    input_format_json_read_bools_as_strings: "0",
    input_format_json_read_numbers_as_strings: "0",
    input_format_json_read_arrays_as_strings: "0",
    input_format_json_max_depth: "1000",
    // In {"a": {"b": 1}, "a.b": 2} the JSON type sees one path twice. It keeps the first value.
    type_json_skip_duplicated_paths: "1",
    json_type_escape_dots_in_keys: "0",
  };
}
