/** Product events, one JSON object a line, into `events`. */

export const EVENTS_STATEMENT = {
  query:
    "INSERT INTO events (event_name, event_id, channel, campaign_id, user_id, timestamp, tags, " +
    "metadata_text, metadata, received_at) FORMAT JSONEachRow",
  // The worker sends `2026-01-31 12:00:00.000`; the other forms would be slower to read.
  date_time_input_format: "basic",
  // Columns that a line leaves out are derived from its others: event_id and metadata.
  input_format_defaults_for_omitted_fields: "1",
  // metadata_text is sent as an object and stored as the bytes of it.
  input_format_json_read_objects_as_strings: "1",
  // Of equal events in one insert the first is kept before the part is written.
  optimize_on_insert: "1",
  ...jsonTypeSettings(),
};

/**
 * How values of metadata become values of the JSON type: a string stays a string, whatever it looks
 * like and whatever other events of the batch hold in its place.
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
    // {"a": {"b": 1}, "a.b": 2} is one path twice to the JSON type: keep the first, reject nothing.
    type_json_skip_duplicated_paths: "1",
    json_type_escape_dots_in_keys: "0",
  };
}
