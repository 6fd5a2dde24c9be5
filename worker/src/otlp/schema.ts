/**
 * The OTLP messages as tables: the number, the type and the JSON name of each field.
 *
 * Numbers and types are those of opentelemetry-proto 1.x (`*_service.proto`, `trace.proto`,
 * `logs.proto`, `metrics.proto`, `resource.proto`, `common.proto`). A field that is not listed is
 * skipped, as protobuf requires for unknown fields.
 */
import type { SignalKind, Table } from "../tables/index.ts";

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_LEN = 2;
export const WIRE_FIXED32 = 5;

/** The types of protobuf, and `id`: bytes that are hexadecimal in JSON. */
export type Type =
  | "bool"
  | "enum"
  | "int32"
  | "uint32"
  | "sint32"
  | "int64"
  | "uint64"
  | "fixed32"
  | "fixed64"
  | "sfixed64"
  | "double"
  | "text"
  | "bytes"
  | "id"
  | "message";

export const WIRES: Readonly<Record<Type, number>> = {
  bool: WIRE_VARINT,
  enum: WIRE_VARINT,
  int32: WIRE_VARINT,
  uint32: WIRE_VARINT,
  sint32: WIRE_VARINT,
  int64: WIRE_VARINT,
  uint64: WIRE_VARINT,
  fixed32: WIRE_FIXED32,
  fixed64: WIRE_FIXED64,
  sfixed64: WIRE_FIXED64,
  double: WIRE_FIXED64,
  text: WIRE_LEN,
  bytes: WIRE_LEN,
  id: WIRE_LEN,
  message: WIRE_LEN,
};

export interface Field {
  /** The name in OTLP/JSON, in lowerCamelCase. */
  readonly name: string;
  readonly type: Type;
  /** The message type of the field, if it is a message. */
  readonly message?: Message;
  readonly repeated?: true;
  /** Whether it is a member of a oneof. Only the last member of a message counts. */
  readonly oneof?: true;
  /** The only valid length of an id besides 0. */
  readonly bytes?: number;
  /** Whether it is a time that must fit into a column of 32-bit seconds. */
  readonly untilYear2106?: true;
  /** The names of an enum's values by number. */
  readonly values?: readonly string[];
}

export interface Message {
  readonly name: string;
  readonly fields: { readonly [number: number]: Field };
  /** The table that gets a row for each such message. */
  readonly row?: Table;
  /** The time of the row, for partitions and retention: the first of these fields that is set. */
  readonly times?: readonly number[];
  /** Whether a message that cannot be stored is removed from its row, which is kept. */
  readonly droppable?: true;
}

/** Repeated numbers are usually packed into one field. Readers must accept them one by one as well. */
export function isPacked(field: Field): boolean {
  return field.repeated === true && WIRES[field.type] !== WIRE_LEN;
}

/** Return the tag of a field: its number and its wire type. */
export function tagOf(number: number, field: Field): number {
  return number * 8 + (isPacked(field) ? WIRE_LEN : WIRES[field.type]);
}

/** @throws Error the message has no field of this name: a bug. */
export function numberNamed(message: Message, name: string): number {
  const found = Object.entries(message.fields).find(([, field]) => field.name === name);
  if (found === undefined) {
    throw new Error(`${message.name} has no field ${name}`);
  }
  return Number(found[0]);
}

/** @throws Error the field is no message: a bug. */
export function messageNamed(message: Message, name: string): Message {
  const inside = message.fields[numberNamed(message, name)]?.message;
  if (inside === undefined) {
    throw new Error(`${message.name}.${name} is no message`);
  }
  return inside;
}

export function tagNamed(message: Message, name: string): number {
  const number = numberNamed(message, name);
  return tagOf(number, message.fields[number] as Field);
}

/** Define a field of a type without options. */
const scalar =
  (type: Type) =>
  (name: string): Field => ({ name, type });
const bool = scalar("bool");
const uint32 = scalar("uint32");
const sint32 = scalar("sint32");
const fixed32 = scalar("fixed32");
const fixed64 = scalar("fixed64");
const sfixed64 = scalar("sfixed64");
const double = scalar("double");
const text = scalar("text");
const id = (name: string, bytes: number): Field => ({ name, type: "id", bytes });
const seconds = (name: string): Field => ({ name, type: "fixed64", untilYear2106: true });
const choice = (name: string, values: readonly string[]): Field => ({ name, type: "enum", values });
const one = (name: string, message: Message): Field => ({ name, type: "message", message });
const many = (name: string, message: Message): Field => ({ ...one(name, message), repeated: true });
const packed = (name: string, type: Type): Field => ({ name, type, repeated: true });
const oneof = (field: Field): Field => ({ ...field, oneof: true });

// --- common ------------------------------------------------------------------------------------

const anyFields: { [number: number]: Field } = {
  1: oneof(text("stringValue")),
  2: oneof(bool("boolValue")),
  3: oneof(scalar("int64")("intValue")),
  4: oneof(double("doubleValue")),
  7: oneof(scalar("bytes")("bytesValue")),
};
export const ANY_VALUE: Message = { name: "AnyValue", fields: anyFields };
export const KEY_VALUE: Message = {
  name: "KeyValue",
  fields: { 1: text("key"), 2: one("value", ANY_VALUE) },
};
export const ARRAY_VALUE: Message = {
  name: "ArrayValue",
  fields: { 1: many("values", ANY_VALUE) },
};
export const KEY_VALUE_LIST: Message = {
  name: "KeyValueList",
  fields: { 1: many("values", KEY_VALUE) },
};
anyFields[5] = oneof(one("arrayValue", ARRAY_VALUE));
anyFields[6] = oneof(one("kvlistValue", KEY_VALUE_LIST));

const attributes = many("attributes", KEY_VALUE);
const dropped = uint32("droppedAttributesCount");
const schemaUrl = text("schemaUrl");
const traceId = id("traceId", 16);
const spanId = id("spanId", 8);

const RESOURCE: Message = { name: "Resource", fields: { 1: attributes, 2: dropped } };
const SCOPE: Message = {
  name: "InstrumentationScope",
  fields: { 1: text("name"), 2: text("version"), 3: attributes, 4: dropped },
};
const resource = one("resource", RESOURCE);
const scope = one("scope", SCOPE);

// --- traces ------------------------------------------------------------------------------------

const EVENT: Message = {
  name: "Event",
  fields: { 1: fixed64("timeUnixNano"), 2: text("name"), 3: attributes, 4: dropped },
};
const LINK: Message = {
  name: "Link",
  fields: {
    1: traceId,
    2: spanId,
    3: text("traceState"),
    4: attributes,
    5: dropped,
    6: fixed32("flags"),
  },
};
const STATUS: Message = {
  name: "Status",
  fields: {
    2: text("message"),
    3: choice("code", ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"]),
  },
};
const SPAN_KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const SPAN: Message = {
  name: "Span",
  row: "otel_traces",
  times: [7],
  fields: {
    1: traceId,
    2: spanId,
    3: text("traceState"),
    4: id("parentSpanId", 8),
    5: text("name"),
    6: choice(
      "kind",
      SPAN_KINDS.map((kind) => `SPAN_KIND_${kind}`),
    ),
    7: fixed64("startTimeUnixNano"),
    8: fixed64("endTimeUnixNano"),
    9: attributes,
    10: dropped,
    11: many("events", EVENT),
    12: uint32("droppedEventsCount"),
    13: many("links", LINK),
    14: uint32("droppedLinksCount"),
    15: one("status", STATUS),
    16: fixed32("flags"),
  },
};
const SCOPE_SPANS: Message = {
  name: "ScopeSpans",
  fields: { 1: scope, 2: many("spans", SPAN), 3: schemaUrl },
};
const RESOURCE_SPANS: Message = {
  name: "ResourceSpans",
  fields: { 1: resource, 2: many("scopeSpans", SCOPE_SPANS), 3: schemaUrl },
};

// --- logs --------------------------------------------------------------------------------------

/** Names like `SEVERITY_NUMBER_INFO3`: six levels of four steps. */
const SEVERITIES = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].flatMap((level) =>
  ["", "2", "3", "4"].map((step) => `${level}${step}`),
);
const LOG_RECORD: Message = {
  name: "LogRecord",
  row: "otel_logs",
  times: [1, 11],
  fields: {
    1: fixed64("timeUnixNano"),
    2: choice(
      "severityNumber",
      ["UNSPECIFIED", ...SEVERITIES].map((name) => `SEVERITY_NUMBER_${name}`),
    ),
    3: text("severityText"),
    5: one("body", ANY_VALUE),
    6: attributes,
    7: dropped,
    8: fixed32("flags"),
    9: traceId,
    10: spanId,
    11: fixed64("observedTimeUnixNano"),
    12: text("eventName"),
  },
};
const SCOPE_LOGS: Message = {
  name: "ScopeLogs",
  fields: { 1: scope, 2: many("logRecords", LOG_RECORD), 3: schemaUrl },
};
const RESOURCE_LOGS: Message = {
  name: "ResourceLogs",
  fields: { 1: resource, 2: many("scopeLogs", SCOPE_LOGS), 3: schemaUrl },
};

// --- metrics -----------------------------------------------------------------------------------

const EXEMPLAR: Message = {
  name: "Exemplar",
  droppable: true,
  fields: {
    2: seconds("timeUnixNano"),
    3: oneof(double("asDouble")),
    4: spanId,
    5: traceId,
    6: oneof(sfixed64("asInt")),
    7: many("filteredAttributes", KEY_VALUE),
  },
};
const exemplars = many("exemplars", EXEMPLAR);
const start = seconds("startTimeUnixNano");
const time = seconds("timeUnixNano");
const flags = uint32("flags");

/** OTLP has one message for gauges and sums. Here each has a message, because each has a table. */
const numberDataPoint = (row: Table): Message => ({
  name: "NumberDataPoint",
  row,
  times: [3],
  fields: {
    2: start,
    3: time,
    4: oneof(double("asDouble")),
    5: exemplars,
    6: oneof(sfixed64("asInt")),
    7: attributes,
    8: flags,
  },
});
const HISTOGRAM_DATA_POINT: Message = {
  name: "HistogramDataPoint",
  row: "otel_metrics_histogram",
  times: [3],
  fields: {
    2: start,
    3: time,
    4: fixed64("count"),
    5: double("sum"),
    6: packed("bucketCounts", "fixed64"),
    7: packed("explicitBounds", "double"),
    8: exemplars,
    9: attributes,
    10: flags,
    11: double("min"),
    12: double("max"),
  },
};
const BUCKETS: Message = {
  name: "Buckets",
  fields: { 1: sint32("offset"), 2: packed("bucketCounts", "uint64") },
};
const EXPONENTIAL_HISTOGRAM_DATA_POINT: Message = {
  name: "ExponentialHistogramDataPoint",
  row: "otel_metrics_exponential_histogram",
  times: [3],
  fields: {
    1: attributes,
    2: start,
    3: time,
    4: fixed64("count"),
    5: double("sum"),
    6: sint32("scale"),
    7: fixed64("zeroCount"),
    8: one("positive", BUCKETS),
    9: one("negative", BUCKETS),
    10: flags,
    11: exemplars,
    12: double("min"),
    13: double("max"),
    14: double("zeroThreshold"),
  },
};
const VALUE_AT_QUANTILE: Message = {
  name: "ValueAtQuantile",
  fields: { 1: double("quantile"), 2: double("value") },
};
const SUMMARY_DATA_POINT: Message = {
  name: "SummaryDataPoint",
  row: "otel_metrics_summary",
  times: [3],
  fields: {
    2: start,
    3: time,
    4: fixed64("count"),
    5: double("sum"),
    6: many("quantileValues", VALUE_AT_QUANTILE),
    7: attributes,
    8: flags,
  },
};

const temporality = choice("aggregationTemporality", [
  "AGGREGATION_TEMPORALITY_UNSPECIFIED",
  "AGGREGATION_TEMPORALITY_DELTA",
  "AGGREGATION_TEMPORALITY_CUMULATIVE",
]);
const points = (name: string, point: Message, more: Message["fields"] = {}): Message => ({
  name,
  fields: { 1: many("dataPoints", point), ...more },
});
const METRIC: Message = {
  name: "Metric",
  fields: {
    1: text("name"),
    2: text("description"),
    3: text("unit"),
    5: oneof(one("gauge", points("Gauge", numberDataPoint("otel_metrics_gauge")))),
    7: oneof(
      one(
        "sum",
        points("Sum", numberDataPoint("otel_metrics_sum"), {
          2: temporality,
          3: bool("isMonotonic"),
        }),
      ),
    ),
    9: oneof(one("histogram", points("Histogram", HISTOGRAM_DATA_POINT, { 2: temporality }))),
    10: oneof(
      one(
        "exponentialHistogram",
        points("ExponentialHistogram", EXPONENTIAL_HISTOGRAM_DATA_POINT, { 2: temporality }),
      ),
    ),
    11: oneof(one("summary", points("Summary", SUMMARY_DATA_POINT))),
    12: many("metadata", KEY_VALUE),
  },
};
const SCOPE_METRICS: Message = {
  name: "ScopeMetrics",
  fields: { 1: scope, 2: many("metrics", METRIC), 3: schemaUrl },
};
const RESOURCE_METRICS: Message = {
  name: "ResourceMetrics",
  fields: { 1: resource, 2: many("scopeMetrics", SCOPE_METRICS), 3: schemaUrl },
};

// --- requests ----------------------------------------------------------------------------------

/** One of the three signals of OTLP. */
export interface Signal {
  readonly kind: SignalKind;
  readonly request: Message;
  /** The name of a row in messages, and of the counter in `partialSuccess`. */
  readonly rows: { readonly text: string; readonly rejected: string };
}

export const TRACES: Signal = {
  kind: "traces",
  request: {
    name: "ExportTraceServiceRequest",
    fields: { 1: many("resourceSpans", RESOURCE_SPANS) },
  },
  rows: { text: "spans", rejected: "rejectedSpans" },
};
export const LOGS: Signal = {
  kind: "logs",
  request: {
    name: "ExportLogsServiceRequest",
    fields: { 1: many("resourceLogs", RESOURCE_LOGS) },
  },
  rows: { text: "log records", rejected: "rejectedLogRecords" },
};
export const METRICS: Signal = {
  kind: "metrics",
  request: {
    name: "ExportMetricsServiceRequest",
    fields: { 1: many("resourceMetrics", RESOURCE_METRICS) },
  },
  rows: { text: "data points", rejected: "rejectedDataPoints" },
};

/** For tables that are built when the script starts. */
export const REQUESTS: readonly Message[] = [TRACES, LOGS, METRICS].map(({ request }) => request);
