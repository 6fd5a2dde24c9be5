/**
 * OTLP trace requests into `otel_traces`, decoded by ClickHouse.
 *
 * Column by column what the Collector's ClickHouse exporter writes for the same spans; golden rows
 * in `tests/worker/` compare them. Export requests back to back are one request in protobuf, so
 * the whole batch is one message: `ProtobufSingle`.
 */
import proto from "./otel_traces.proto";

/**
 * A number that is absent and one that is zero differ only as Nullable; text and bytes need not,
 * an empty one reads like none. ClickHouse prints numbers into String columns by itself.
 */
const KEY_VALUES =
  "Array(Tuple(key String, value Tuple(" +
  "s String, b Nullable(String), i Nullable(String), d Nullable(String), y String)))";

const STRUCTURE = `resource_spans Array(Tuple(
  resource Tuple(attributes ${KEY_VALUES}),
  scope_spans Array(Tuple(
    scope Tuple(name String, version String),
    spans Array(Tuple(
      trace_id String, span_id String, trace_state String, parent_span_id String,
      name String, kind Int32, start UInt64, end UInt64,
      attributes ${KEY_VALUES},
      events Array(Tuple(time UInt64, name String, attributes ${KEY_VALUES})),
      links Array(Tuple(
        trace_id String, span_id String, trace_state String, attributes ${KEY_VALUES})),
      status Tuple(message String, code Int32)))))))`;

/** Go prints 1e+21 and NaN where ClickHouse prints 1e21 and nan. */
const goDouble = (column: string): string =>
  `transform(replaceOne(replaceOne(ifNull(${column}, ''), 'e', 'e+'), 'e+-', 'e-'), ` +
  `['nan', 'inf', '-inf'], ['NaN', 'Infinity', '-Infinity'])`;

/** Sorted by key, as the exporter does; equal keys stay, in the order they came. */
const attributeMap = (column: string): string =>
  `CAST(arraySort(pair -> pair.1, arrayMap(a -> (a.key, concat(a.value.s, ifNull(a.value.b, ''), ` +
  `ifNull(a.value.i, ''), ${goDouble("a.value.d")}, base64Encode(a.value.y))), ${column})), ` +
  "'Map(LowCardinality(String), String)')";

/** An id of zeros is no id. */
const hexId = (column: string, bytes: number): string =>
  `if(${column} = unhex('${"00".repeat(bytes)}'), '', lower(hex(${column})))`;

const timestamp = (column: string): string => `fromUnixTimestamp64Nano(toInt64(${column}))`;

const COLUMNS: readonly (readonly [column: string, expression: string])[] = [
  ["Timestamp", timestamp("span.start")],
  ["TraceId", hexId("span.trace_id", 16)],
  ["SpanId", hexId("span.span_id", 8)],
  ["ParentSpanId", hexId("span.parent_span_id", 8)],
  ["TraceState", "span.trace_state"],
  ["SpanName", "span.name"],
  [
    "SpanKind",
    "transform(span.kind, [0, 1, 2, 3, 4, 5], " +
      "['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'], '')",
  ],
  ["ServiceName", "service_name"],
  ["ResourceAttributes", "resource_attributes"],
  ["ScopeName", "scope.name"],
  ["ScopeVersion", "scope.version"],
  ["SpanAttributes", attributeMap("span.attributes")],
  // Unsigned, wrapping when a span ends before it starts, as in the exporter.
  ["Duration", "toUInt64(span.end - span.start)"],
  ["StatusCode", "transform(span.status.code, [0, 1, 2], ['Unset', 'Ok', 'Error'], '')"],
  ["StatusMessage", "span.status.message"],
  ["Events.Timestamp", `arrayMap(e -> ${timestamp("e.time")}, span.events)`],
  ["Events.Name", "span.events.name"],
  ["Events.Attributes", `arrayMap(e -> ${attributeMap("e.attributes")}, span.events)`],
  ["Links.TraceId", `arrayMap(l -> ${hexId("l.trace_id", 16)}, span.links)`],
  ["Links.SpanId", `arrayMap(l -> ${hexId("l.span_id", 8)}, span.links)`],
  ["Links.TraceState", "span.links.trace_state"],
  ["Links.Attributes", `arrayMap(l -> ${attributeMap("l.attributes")}, span.links)`],
];

// Attributes of a resource are turned into a map once, not once per span.
export const TRACES_QUERY = `INSERT INTO otel_traces (${COLUMNS.map(([column]) => column).join(", ")})
SELECT
  ${COLUMNS.map(([, expression]) => expression).join(",\n  ")}
FROM (
  SELECT resource_attributes, service_name, s.scope AS scope, s.spans AS spans
  FROM (
    SELECT
      ${attributeMap("r.resource.attributes")} AS resource_attributes,
      resource_attributes['service.name'] AS service_name,
      r.scope_spans AS scope_spans
    FROM input('${STRUCTURE}')
    ARRAY JOIN resource_spans AS r
  )
  ARRAY JOIN scope_spans AS s
)
ARRAY JOIN spans AS span
FORMAT ProtobufSingle`;

export const TRACES_SETTINGS = {
  format_schema_source: "string",
  format_schema: proto,
  format_schema_message_name: "Request",
};
