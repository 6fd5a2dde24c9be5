/** The columns of `otel_logs` from a log record; `tables/otel_logs.ts` has the same in SQL. */
import { highWord, int32From, lowWord } from "../otlp/numbers.ts";
import { LOGS, messageNamed, numberNamed } from "../otlp/schema.ts";
import type { LogColumn } from "../tables/otel_logs.ts";
import { writeValue } from "./attributes.ts";
import { attributeMap, type Column, hexId, shared, text, writeEightBytes } from "./columns.ts";
import type { ShardLayout } from "./rows.ts";

export const LOG_RECORDS: ShardLayout = {
  request: LOGS.request,
  resources: "resourceLogs",
  scopes: "scopeLogs",
  items: "logRecords",
};
const RECORD = messageNamed(
  messageNamed(messageNamed(LOGS.request, "resourceLogs"), "scopeLogs"),
  "logRecords",
);
const TIME = numberNamed(RECORD, "timeUnixNano");
const OBSERVED_TIME = numberNamed(RECORD, "observedTimeUnixNano");
const FLAGS = numberNamed(RECORD, "flags");
const SEVERITY = numberNamed(RECORD, "severityNumber");
const BODY = numberNamed(RECORD, "body");

/** The observed time, for a record without a time. */
const timestamp: Column = (out, record) => {
  const { bytes } = record;
  const at = record.from(TIME);
  const isSet = record.has(TIME) && (highWord(bytes, at) !== 0 || lowWord(bytes, at) !== 0);
  writeEightBytes(out, record, isSet ? TIME : OBSERVED_TIME);
};

export const LOG_COLUMNS: Readonly<Record<LogColumn, Column>> = {
  Timestamp: timestamp,
  TraceId: hexId(RECORD, "traceId"),
  SpanId: hexId(RECORD, "spanId"),
  // Both columns store the low byte, like the exporter: it fits trace flags and severities up to 24.
  TraceFlags: (out, record) =>
    out.byte(record.has(FLAGS) ? (record.bytes[record.from(FLAGS)] as number) : 0),
  SeverityText: text(RECORD, "severityText"),
  SeverityNumber: (out, record) =>
    out.byte(int32From(record.bytes, record.from(SEVERITY), record.end(SEVERITY))),
  ServiceName: shared("serviceName"),
  Body: (out, record) => writeValue(out, record.bytes, record.from(BODY), record.end(BODY)),
  ResourceSchemaUrl: shared("resourceSchemaUrl"),
  ResourceAttributes: shared("resourceAttributes"),
  ScopeSchemaUrl: shared("scopeSchemaUrl"),
  ScopeName: shared("scopeName"),
  ScopeVersion: shared("scopeVersion"),
  ScopeAttributes: shared("scopeAttributes"),
  LogAttributes: attributeMap(RECORD),
  EventName: text(RECORD, "eventName"),
};
