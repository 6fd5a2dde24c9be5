/** The columns of the five metric tables from a data point; `tables/otel_metrics.ts` has them in SQL. */
import { int64AsDouble } from "../otlp/numbers.ts";
import { METRICS, type Message, messageNamed, numberNamed } from "../otlp/schema.ts";
import type { Table } from "../tables/index.ts";
import type {
  ExemplarColumn,
  HistogramColumn,
  MetadataColumn,
  MetricColumns,
} from "../tables/otel_metrics.ts";
import {
  attributeMap,
  type Column,
  each,
  eightByteArray,
  eightBytes,
  fourBytes,
  inside,
  paddedHexId,
  seconds,
  shared,
  sint32,
  varintArray,
  writeEightBytes,
} from "./columns.ts";
import type { ShardLayout } from "./rows.ts";

export const METRIC = messageNamed(
  messageNamed(messageNamed(METRICS.request, "resourceMetrics"), "scopeMetrics"),
  "metrics",
);

/** The data points of one metric type. */
export const pointsOf = (metric: string): ShardLayout => ({
  request: METRICS.request,
  resources: "resourceMetrics",
  scopes: "scopeMetrics",
  items: "metrics",
  metric,
});

const pointOf = (metric: string): Message =>
  messageNamed(messageNamed(METRIC, metric), "dataPoints");

/** Writes the point's value as a double, also if it is an integer; 0 if there is no value. */
const value = (of: Message): Column => {
  const asDouble = numberNamed(of, "asDouble");
  const asInt = numberNamed(of, "asInt");
  return (out, message) => {
    if (message.has(asInt)) {
      out.double(int64AsDouble(message.bytes, message.from(asInt)));
    } else {
      writeEightBytes(out, message, asDouble);
    }
  };
};

const metadata = (point: Message): Record<MetadataColumn, Column> => ({
  ResourceAttributes: shared("resourceAttributes"),
  ResourceSchemaUrl: shared("resourceSchemaUrl"),
  ScopeName: shared("scopeName"),
  ScopeVersion: shared("scopeVersion"),
  ScopeAttributes: shared("scopeAttributes"),
  ScopeDroppedAttrCount: shared("scopeDropped"),
  ScopeSchemaUrl: shared("scopeSchemaUrl"),
  ServiceName: shared("serviceName"),
  MetricName: shared("metricName"),
  MetricDescription: shared("metricDescription"),
  MetricUnit: shared("metricUnit"),
  Attributes: attributeMap(point),
  StartTimeUnix: seconds(point, "startTimeUnixNano"),
  TimeUnix: seconds(point, "timeUnixNano"),
  Flags: fourBytes(point, "flags"),
});

const exemplars = (point: Message): Record<ExemplarColumn, Column> => {
  const column = (of: (exemplar: Message) => Column): Column => each(point, "exemplars", of);
  return {
    "Exemplars.FilteredAttributes": column((one) => attributeMap(one, "filteredAttributes")),
    "Exemplars.TimeUnix": column((one) => seconds(one, "timeUnixNano")),
    "Exemplars.Value": column(value),
    "Exemplars.SpanId": column((one) => paddedHexId(one, "spanId")),
    "Exemplars.TraceId": column((one) => paddedHexId(one, "traceId")),
  };
};

const histogram = (point: Message): Record<HistogramColumn, Column> => ({
  Count: eightBytes(point, "count"),
  Sum: eightBytes(point, "sum"),
  Min: eightBytes(point, "min"),
  Max: eightBytes(point, "max"),
});

const GAUGE = pointOf("gauge");
const SUM = pointOf("sum");
const HISTOGRAM = pointOf("histogram");
const EXPONENTIAL = pointOf("exponentialHistogram");
const SUMMARY = pointOf("summary");

type MetricTable = Extract<Table, `otel_metrics_${string}`>;

export const METRIC_COLUMNS: {
  readonly [Name in MetricTable]: Readonly<Record<MetricColumns[Name], Column>>;
} = {
  otel_metrics_gauge: { ...metadata(GAUGE), Value: value(GAUGE), ...exemplars(GAUGE) },
  otel_metrics_sum: {
    ...metadata(SUM),
    Value: value(SUM),
    ...exemplars(SUM),
    AggregationTemporality: shared("temporality"),
    IsMonotonic: shared("isMonotonic"),
  },
  otel_metrics_histogram: {
    ...metadata(HISTOGRAM),
    ...histogram(HISTOGRAM),
    BucketCounts: eightByteArray(HISTOGRAM, "bucketCounts"),
    ExplicitBounds: eightByteArray(HISTOGRAM, "explicitBounds"),
    ...exemplars(HISTOGRAM),
    AggregationTemporality: shared("temporality"),
  },
  otel_metrics_exponential_histogram: {
    ...metadata(EXPONENTIAL),
    ...histogram(EXPONENTIAL),
    Scale: sint32(EXPONENTIAL, "scale"),
    ZeroCount: eightBytes(EXPONENTIAL, "zeroCount"),
    PositiveOffset: inside(EXPONENTIAL, "positive", (buckets) => sint32(buckets, "offset")),
    PositiveBucketCounts: inside(EXPONENTIAL, "positive", (buckets) =>
      varintArray(buckets, "bucketCounts"),
    ),
    NegativeOffset: inside(EXPONENTIAL, "negative", (buckets) => sint32(buckets, "offset")),
    NegativeBucketCounts: inside(EXPONENTIAL, "negative", (buckets) =>
      varintArray(buckets, "bucketCounts"),
    ),
    ...exemplars(EXPONENTIAL),
    AggregationTemporality: shared("temporality"),
  },
  otel_metrics_summary: {
    ...metadata(SUMMARY),
    Count: eightBytes(SUMMARY, "count"),
    Sum: eightBytes(SUMMARY, "sum"),
    "ValueAtQuantiles.Quantile": each(SUMMARY, "quantileValues", (one) =>
      eightBytes(one, "quantile"),
    ),
    "ValueAtQuantiles.Value": each(SUMMARY, "quantileValues", (one) => eightBytes(one, "value")),
  },
};
