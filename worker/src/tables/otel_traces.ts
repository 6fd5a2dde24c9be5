/** The statement of `otel_traces`: OTLP trace requests. */
import proto from "./otel_traces.proto";
import {
  attributeMap,
  attributeNamed,
  type Columns,
  hexId,
  KEY_VALUES,
  statementsFor,
  timestamp,
} from "./otlp.ts";

const STRUCTURE = `resource Tuple(attributes ${KEY_VALUES}),
  scope_spans Array(Tuple(
    scope Tuple(name String, version String),
    spans Array(Tuple(
      trace_id String, span_id String, trace_state String, parent_span_id String,
      name String, kind Int32, start UInt64, end UInt64,
      attributes ${KEY_VALUES},
      events Array(Tuple(time UInt64, name String, attributes ${KEY_VALUES})),
      links Array(Tuple(
        trace_id String, span_id String, trace_state String, attributes ${KEY_VALUES})),
      status Tuple(message String, code Int32)))))`;

const COLUMNS = [
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
  // The duration is unsigned and wraps around if a span ends before it starts, as in the exporter.
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
] as const satisfies Columns;

export type TraceColumn = (typeof COLUMNS)[number][0];

// The map of a resource's attributes is created once, not once per span.
const FROM = `(
  SELECT resource_attributes, service_name, s.scope AS scope, s.spans AS spans
  FROM (
    SELECT
      ${attributeMap("resource.attributes")} AS resource_attributes,
      ${attributeNamed("resource.attributes", "service.name")} AS service_name,
      scope_spans
    FROM input('${STRUCTURE}')
  )
  ARRAY JOIN scope_spans AS s
)
ARRAY JOIN spans AS span`;

export const TRACES_STATEMENTS = statementsFor("otel_traces", COLUMNS, { from: FROM, proto });
