/** The statement of `otel_logs`: OTLP log requests. */
import proto from "./otel_logs.proto";
import {
  attributeMap,
  attributeNamed,
  type Columns,
  hexId,
  KEY_VALUES,
  statementsFor,
  timestamp,
  VALUE,
  valueText,
} from "./otlp.ts";

const STRUCTURE = `resource Tuple(attributes ${KEY_VALUES}),
  scope_logs Array(Tuple(
    scope Tuple(name String, version String, attributes ${KEY_VALUES}),
    log_records Array(Tuple(
      time UInt64, observed_time UInt64, severity_number Int32, severity_text String,
      body ${VALUE}, attributes ${KEY_VALUES},
      flags UInt32, trace_id String, span_id String, event_name String)),
    schema_url String)),
  schema_url String`;

const COLUMNS = [
  ["Timestamp", timestamp("if(record.time = 0, record.observed_time, record.time)")],
  ["TraceId", hexId("record.trace_id", 16)],
  ["SpanId", hexId("record.span_id", 8)],
  // Both columns store the low byte, like the exporter: it fits trace flags and severities up to 24.
  ["TraceFlags", "toUInt8(record.flags)"],
  ["SeverityText", "record.severity_text"],
  ["SeverityNumber", "toUInt8(record.severity_number)"],
  ["ServiceName", "service_name"],
  ["Body", valueText("record.body")],
  ["ResourceSchemaUrl", "resource_schema_url"],
  ["ResourceAttributes", "resource_attributes"],
  ["ScopeSchemaUrl", "scope_schema_url"],
  ["ScopeName", "scope.name"],
  ["ScopeVersion", "scope.version"],
  ["ScopeAttributes", "scope_attributes"],
  ["LogAttributes", attributeMap("record.attributes")],
  ["EventName", "record.event_name"],
] as const satisfies Columns;

export type LogColumn = (typeof COLUMNS)[number][0];

const FROM = `(
  SELECT
    resource_attributes, service_name, resource_schema_url,
    s.scope AS scope,
    ${attributeMap("s.scope.attributes")} AS scope_attributes,
    s.schema_url AS scope_schema_url,
    s.log_records AS log_records
  FROM (
    SELECT
      ${attributeMap("resource.attributes")} AS resource_attributes,
      ${attributeNamed("resource.attributes", "service.name")} AS service_name,
      schema_url AS resource_schema_url,
      scope_logs
    FROM input('${STRUCTURE}')
  )
  ARRAY JOIN scope_logs AS s
)
ARRAY JOIN log_records AS record`;

export const LOGS_STATEMENTS = statementsFor("otel_logs", COLUMNS, { from: FROM, proto });
