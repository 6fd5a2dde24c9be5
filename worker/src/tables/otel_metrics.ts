/**
 * The statements of the tables of the five metric types.
 *
 * A request may have metrics of all five. Each statement reads the whole batch and inserts one type:
 * ClickHouse skips the fields that the structure of the statement does not have.
 */
import type { Statements } from "./formats.ts";
import proto from "./otel_metrics.proto";
import { attributeMap, attributeNamed, type Columns, KEY_VALUES, statementsFor } from "./otlp.ts";

const EXEMPLARS =
  "exemplars Array(Tuple(time UInt64, as_double Nullable(Float64), as_int Int64, " +
  `span_id String, trace_id String, attributes ${KEY_VALUES}))`;
const POINT = `start UInt64, time UInt64, attributes ${KEY_VALUES}, flags UInt32`;
const BUCKETS = "Tuple(offset Int32, bucket_counts Array(UInt64))";

/** Converts nanoseconds to seconds. The worker has already rejected times that do not fit. */
const seconds = (column: string): string => `toDateTime(intDiv(${column}, 1000000000))`;

/** Selects the member that is present: ClickHouse reads an absent member as 0. */
const number = (of: string): string => `ifNull(${of}.as_double, toFloat64(${of}.as_int))`;

/** Converts an exemplar's id. Unlike in other columns, an absent id is stored as zeros. */
const paddedHexId = (column: string, bytes: number): string =>
  `if(${column} = '', '${"00".repeat(bytes)}', lower(hex(${column})))`;

const METADATA = [
  ["ResourceAttributes", "resource_attributes"],
  ["ResourceSchemaUrl", "resource_schema_url"],
  ["ScopeName", "scope.name"],
  ["ScopeVersion", "scope.version"],
  ["ScopeAttributes", "scope_attributes"],
  ["ScopeDroppedAttrCount", "scope.dropped"],
  ["ScopeSchemaUrl", "scope_schema_url"],
  ["ServiceName", "service_name"],
  ["MetricName", "metric.name"],
  ["MetricDescription", "metric.description"],
  ["MetricUnit", "metric.unit"],
  ["Attributes", attributeMap("point.attributes")],
  ["StartTimeUnix", seconds("point.start")],
  ["TimeUnix", seconds("point.time")],
  ["Flags", "point.flags"],
] as const satisfies Columns;

const EXEMPLAR_COLUMNS = [
  [
    "Exemplars.FilteredAttributes",
    `arrayMap(e -> ${attributeMap("e.attributes")}, point.exemplars)`,
  ],
  ["Exemplars.TimeUnix", `arrayMap(e -> ${seconds("e.time")}, point.exemplars)`],
  ["Exemplars.Value", `arrayMap(e -> ${number("e")}, point.exemplars)`],
  ["Exemplars.SpanId", `arrayMap(e -> ${paddedHexId("e.span_id", 8)}, point.exemplars)`],
  ["Exemplars.TraceId", `arrayMap(e -> ${paddedHexId("e.trace_id", 16)}, point.exemplars)`],
] as const satisfies Columns;

const HISTOGRAM_COLUMNS = [
  ["Count", "point.count"],
  ["Sum", "point.sum"],
  ["Min", "point.min"],
  ["Max", "point.max"],
] as const satisfies Columns;

const GAUGE = [["Value", number("point")], ...EXEMPLAR_COLUMNS] as const satisfies Columns;

const SUM = [
  ["Value", number("point")],
  ...EXEMPLAR_COLUMNS,
  ["AggregationTemporality", "metric.sum.temporality"],
  ["IsMonotonic", "metric.sum.is_monotonic"],
] as const satisfies Columns;

const HISTOGRAM = [
  ...HISTOGRAM_COLUMNS,
  ["BucketCounts", "point.bucket_counts"],
  ["ExplicitBounds", "point.explicit_bounds"],
  ...EXEMPLAR_COLUMNS,
  ["AggregationTemporality", "metric.histogram.temporality"],
] as const satisfies Columns;

const EXPONENTIAL_HISTOGRAM = [
  ...HISTOGRAM_COLUMNS,
  ["Scale", "point.scale"],
  ["ZeroCount", "point.zero_count"],
  ["PositiveOffset", "point.positive.offset"],
  ["PositiveBucketCounts", "point.positive.bucket_counts"],
  ["NegativeOffset", "point.negative.offset"],
  ["NegativeBucketCounts", "point.negative.bucket_counts"],
  ...EXEMPLAR_COLUMNS,
  ["AggregationTemporality", "metric.exponential_histogram.temporality"],
] as const satisfies Columns;

const SUMMARY = [
  ["Count", "point.count"],
  ["Sum", "point.sum"],
  ["ValueAtQuantiles.Quantile", "point.quantile_values.quantile"],
  ["ValueAtQuantiles.Value", "point.quantile_values.value"],
] as const satisfies Columns;

export type MetadataColumn = (typeof METADATA)[number][0];
export type ExemplarColumn = (typeof EXEMPLAR_COLUMNS)[number][0];
export type HistogramColumn = (typeof HISTOGRAM_COLUMNS)[number][0];
/** The columns of each table, for `rowbinary/`. */
export interface MetricColumns {
  readonly otel_metrics_gauge: MetadataColumn | (typeof GAUGE)[number][0];
  readonly otel_metrics_sum: MetadataColumn | (typeof SUM)[number][0];
  readonly otel_metrics_histogram: MetadataColumn | (typeof HISTOGRAM)[number][0];
  readonly otel_metrics_exponential_histogram:
    | MetadataColumn
    | (typeof EXPONENTIAL_HISTOGRAM)[number][0];
  readonly otel_metrics_summary: MetadataColumn | (typeof SUMMARY)[number][0];
}

interface MetricType {
  /** The field of the type in `Metric`. */
  readonly name: string;
  /** The fields of a data point, in addition to `POINT`. */
  readonly point: string;
  /** The fields of the type's message, in addition to its points. */
  readonly more?: string;
  readonly columns: Columns;
}

function statements({ name, point, more, columns }: MetricType): Statements {
  const table = `otel_metrics_${name}`;
  const structure = `resource Tuple(attributes ${KEY_VALUES}),
  scope_metrics Array(Tuple(
    scope Tuple(name String, version String, attributes ${KEY_VALUES}, dropped UInt32),
    metrics Array(Tuple(
      name String, description String, unit String,
      ${name} Tuple(points Array(Tuple(${POINT}, ${point}))${more === undefined ? "" : `, ${more}`}))),
    schema_url String)),
  schema_url String`;
  // The maps of a resource and of a scope are created once, not once per data point.
  const from = `(
  SELECT
    resource_attributes, service_name, resource_schema_url,
    scope, scope_attributes, scope_schema_url, metric
  FROM (
    SELECT
      resource_attributes, service_name, resource_schema_url,
      s.scope AS scope,
      ${attributeMap("s.scope.attributes")} AS scope_attributes,
      s.schema_url AS scope_schema_url,
      s.metrics AS metrics
    FROM (
      SELECT
        ${attributeMap("resource.attributes")} AS resource_attributes,
        ${attributeNamed("resource.attributes", "service.name")} AS service_name,
        schema_url AS resource_schema_url,
        scope_metrics
      FROM input('${structure}')
    )
    ARRAY JOIN scope_metrics AS s
  )
  ARRAY JOIN metrics AS metric
)
ARRAY JOIN metric.${name}.points AS point`;
  return statementsFor(table, [...METADATA, ...columns], { from, proto });
}

export const GAUGE_STATEMENTS = statements({
  name: "gauge",
  point: `as_double Nullable(Float64), as_int Int64, ${EXEMPLARS}`,
  columns: GAUGE,
});

export const SUM_STATEMENTS = statements({
  name: "sum",
  point: `as_double Nullable(Float64), as_int Int64, ${EXEMPLARS}`,
  more: "temporality Int32, is_monotonic Bool",
  columns: SUM,
});

export const HISTOGRAM_STATEMENTS = statements({
  name: "histogram",
  point:
    "count UInt64, sum Float64, min Float64, max Float64, " +
    `bucket_counts Array(UInt64), explicit_bounds Array(Float64), ${EXEMPLARS}`,
  more: "temporality Int32",
  columns: HISTOGRAM,
});

export const EXPONENTIAL_HISTOGRAM_STATEMENTS = statements({
  name: "exponential_histogram",
  point:
    "count UInt64, sum Float64, min Float64, max Float64, scale Int32, zero_count UInt64, " +
    `positive ${BUCKETS}, negative ${BUCKETS}, ${EXEMPLARS}`,
  more: "temporality Int32",
  columns: EXPONENTIAL_HISTOGRAM,
});

export const SUMMARY_STATEMENTS = statements({
  name: "summary",
  point: "count UInt64, sum Float64, quantile_values Array(Tuple(quantile Float64, value Float64))",
  columns: SUMMARY,
});
