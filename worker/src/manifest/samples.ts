/**
 * A small body for every table, which `pulumi up` inserts into copies of the tables before it
 * deploys this worker (`resources/telemetry/ingest_probe.py`).
 *
 * Each has rows of two days, hence of two partitions, and every type of value that its statement
 * converts. `sample_rows.json` has the rows that they must become.
 */
import { lineFromEvent } from "../events/parse.ts";
import { protobufFromJson } from "../otlp/json.ts";
import { LOGS, METRICS, type Signal, TRACES } from "../otlp/schema.ts";
import type { Table } from "../tables/index.ts";

/** The last second of a day, and the first of the next. */
const BEFORE_MIDNIGHT = "1769903999123456789";
const MIDNIGHT = "1769904000500000000";
const BEFORE_MIDNIGHT_MS = 1_769_903_999_123;
const TRACE_ID = "5b8efff798038103d269b633813fc60c";
const SPAN_ID = "eee19b7ec3c1b174";
const ATTRIBUTES = [
  { key: "text", value: { stringValue: "grün 🚀" } },
  { key: "flag", value: { boolValue: true } },
  { key: "whole", value: { intValue: "-9007199254740993" } },
  { key: "double", value: { doubleValue: 1e21 } },
  { key: "bytes", value: { bytesValue: "AAECAw==" } },
];
const RESOURCE = {
  attributes: [...ATTRIBUTES, { key: "service.name", value: { stringValue: "probe" } }],
};
const SCOPE = { name: "scope", version: "1.0", attributes: ATTRIBUTES };

const SPAN = {
  traceId: TRACE_ID,
  spanId: SPAN_ID,
  parentSpanId: "eee19b7ec3c1b173",
  traceState: "vendor=1",
  name: "GET /",
  kind: 2,
  startTimeUnixNano: BEFORE_MIDNIGHT,
  endTimeUnixNano: MIDNIGHT,
  attributes: ATTRIBUTES,
  events: [{ timeUnixNano: MIDNIGHT, name: "retry", attributes: ATTRIBUTES }],
  links: [{ traceId: TRACE_ID, spanId: SPAN_ID, traceState: "a=b", attributes: ATTRIBUTES }],
  status: { code: 2, message: "failed" },
};
const TRACES_REQUEST = {
  resourceSpans: [
    {
      resource: RESOURCE,
      scopeSpans: [{ scope: SCOPE, spans: [SPAN, { name: "bare", startTimeUnixNano: MIDNIGHT }] }],
    },
  ],
};

const RECORD = {
  timeUnixNano: BEFORE_MIDNIGHT,
  severityNumber: 9,
  severityText: "INFO",
  body: { stringValue: "a line\nof two" },
  attributes: ATTRIBUTES,
  flags: 1,
  traceId: TRACE_ID,
  spanId: SPAN_ID,
  eventName: "signed_up",
};
const LOGS_REQUEST = {
  resourceLogs: [
    {
      resource: RESOURCE,
      schemaUrl: "https://resource.example.com",
      scopeLogs: [
        {
          scope: SCOPE,
          schemaUrl: "https://scope.example.com",
          logRecords: [RECORD, { observedTimeUnixNano: MIDNIGHT, body: { intValue: "7" } }],
        },
      ],
    },
  ],
};

const EXEMPLAR = {
  timeUnixNano: BEFORE_MIDNIGHT,
  asDouble: 0.5,
  spanId: SPAN_ID,
  traceId: TRACE_ID,
  filteredAttributes: ATTRIBUTES,
};
const POINT = {
  startTimeUnixNano: "1769900000000000000",
  timeUnixNano: BEFORE_MIDNIGHT,
  attributes: ATTRIBUTES,
  flags: 1,
};
const NUMBERS = [
  { ...POINT, asDouble: 0.1, exemplars: [EXEMPLAR] },
  { timeUnixNano: MIDNIGHT, asInt: "-3" },
];
const SUMMARY_OF_POINT = { count: "3", sum: 6.5, min: 1, max: 3.5 };
const HISTOGRAMS = [
  {
    ...POINT,
    ...SUMMARY_OF_POINT,
    bucketCounts: ["1", "2"],
    explicitBounds: [2.5],
    exemplars: [EXEMPLAR],
  },
  { timeUnixNano: MIDNIGHT },
];
const EXPONENTIAL_HISTOGRAMS = [
  {
    ...POINT,
    ...SUMMARY_OF_POINT,
    scale: -1,
    zeroCount: "1",
    positive: { offset: 2, bucketCounts: ["1", "1"] },
    negative: { offset: -2, bucketCounts: ["0", "1"] },
    exemplars: [EXEMPLAR],
  },
  { timeUnixNano: MIDNIGHT },
];
const SUMMARIES = [
  { ...POINT, count: "3", sum: 6.5, quantileValues: [{ quantile: 0.5, value: 2 }] },
  { timeUnixNano: MIDNIGHT },
];
const NAMED = { name: "requests", description: "handled", unit: "1" };
const METRICS_REQUEST = {
  resourceMetrics: [
    {
      resource: RESOURCE,
      schemaUrl: "https://resource.example.com",
      scopeMetrics: [
        {
          scope: SCOPE,
          schemaUrl: "https://scope.example.com",
          metrics: [
            { ...NAMED, gauge: { dataPoints: NUMBERS } },
            {
              ...NAMED,
              sum: { dataPoints: NUMBERS, aggregationTemporality: 2, isMonotonic: true },
            },
            { ...NAMED, histogram: { dataPoints: HISTOGRAMS, aggregationTemporality: 1 } },
            {
              ...NAMED,
              exponentialHistogram: {
                dataPoints: EXPONENTIAL_HISTOGRAMS,
                aggregationTemporality: 2,
              },
            },
            { ...NAMED, summary: { dataPoints: SUMMARIES } },
          ],
        },
      ],
    },
  ],
};

const EVENTS = [
  {
    event_name: "signed_up",
    channel: "web",
    campaign_id: "spring",
    user_id: "u1",
    timestamp: BEFORE_MIDNIGHT_MS,
    tags: ["a", "b"],
    metadata: { plan: "2026-01-31", seats: 3, price: 0.5, nested: { ok: true } },
  },
  { event_name: "signed_up", event_id: "own-1", timestamp: BEFORE_MIDNIGHT_MS + 1000 },
];

const HEALTH_ROW = {
  MetricName: "ingest_insert_rows",
  MetricType: "histogram",
  Buffer: "default/0",
  Attributes: { table: "otel_traces" },
  StartTimeUnix: "2026-01-31 23:58:59.123",
  TimeUnix: "2026-01-31 23:59:59.123",
  Value: 12.5,
  Count: 3,
  BucketCounts: [1, 2],
  ExplicitBounds: [10],
};
const HEALTH_ROWS = [
  HEALTH_ROW,
  {
    Buffer: "default/0",
    StartTimeUnix: "2026-01-31 23:59:59.123",
    TimeUnix: "2026-02-01 00:00:59.123",
    MetricName: "ingest_buffer_rows",
    MetricType: "gauge",
    Value: 7,
  },
];

/** Return the stored body, without the frame that an insert sends before it. */
export function sampleFor(table: Table): Uint8Array {
  switch (table) {
    case "otel_traces":
      return otlp(TRACES, TRACES_REQUEST);
    case "otel_logs":
      return otlp(LOGS, LOGS_REQUEST);
    case "events":
      return new TextEncoder().encode(eventLines());
    case "ingest_health":
      return new TextEncoder().encode(HEALTH_ROWS.map((row) => JSON.stringify(row)).join("\n"));
    default:
      return otlp(METRICS, METRICS_REQUEST);
  }
}

function eventLines(): string {
  const window = { fromMs: 0, toMs: Number.POSITIVE_INFINITY };
  const arrival = { nowMs: BEFORE_MIDNIGHT_MS, window };
  return EVENTS.map((event) => lineFromEvent(event, arrival, "event").line).join("");
}

function otlp(signal: Signal, request: unknown): Uint8Array {
  return protobufFromJson(signal, bytesOf(request));
}

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
