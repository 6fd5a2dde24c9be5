/** The columns of `otel_traces` from a span; `tables/otel_traces.ts` has the same in SQL. */
import { highWord, lowWord } from "../otlp/numbers.ts";
import { messageNamed, numberNamed, TRACES } from "../otlp/schema.ts";
import type { TraceColumn } from "../tables/otel_traces.ts";
import {
  attributeMap,
  type Column,
  each,
  eightBytes,
  hexId,
  inside,
  named,
  shared,
  text,
} from "./columns.ts";
import type { MessageReader } from "./message.ts";
import type { ShardLayout } from "./rows.ts";
import type { RowWriter } from "./writer.ts";

export const SPANS: ShardLayout = {
  request: TRACES.request,
  resources: "resourceSpans",
  scopes: "scopeSpans",
  items: "spans",
};
const SPAN = messageNamed(
  messageNamed(messageNamed(TRACES.request, "resourceSpans"), "scopeSpans"),
  "spans",
);
const START = numberNamed(SPAN, "startTimeUnixNano");
const END = numberNamed(SPAN, "endTimeUnixNano");
const KINDS = ["Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"];

/** Writes an unsigned duration. Like the exporter's, it wraps around if a span ends before it starts. */
function duration(out: RowWriter, span: MessageReader): void {
  const { bytes } = span;
  const [start, end] = [span.from(START), span.from(END)];
  const startLow = span.has(START) ? lowWord(bytes, start) : 0;
  const endLow = span.has(END) ? lowWord(bytes, end) : 0;
  const startHigh = span.has(START) ? highWord(bytes, start) : 0;
  const endHigh = span.has(END) ? highWord(bytes, end) : 0;
  out.uint64(endHigh - startHigh - (endLow < startLow ? 1 : 0), endLow - startLow);
}

export const TRACE_COLUMNS: Readonly<Record<TraceColumn, Column>> = {
  Timestamp: eightBytes(SPAN, "startTimeUnixNano"),
  TraceId: hexId(SPAN, "traceId"),
  SpanId: hexId(SPAN, "spanId"),
  ParentSpanId: hexId(SPAN, "parentSpanId"),
  TraceState: text(SPAN, "traceState"),
  SpanName: text(SPAN, "name"),
  SpanKind: named(SPAN, "kind", KINDS),
  ServiceName: shared("serviceName"),
  ResourceAttributes: shared("resourceAttributes"),
  ScopeName: shared("scopeName"),
  ScopeVersion: shared("scopeVersion"),
  SpanAttributes: attributeMap(SPAN),
  Duration: duration,
  StatusCode: inside(SPAN, "status", (status) => named(status, "code", ["Unset", "Ok", "Error"])),
  StatusMessage: inside(SPAN, "status", (status) => text(status, "message")),
  "Events.Timestamp": each(SPAN, "events", (event) => eightBytes(event, "timeUnixNano")),
  "Events.Name": each(SPAN, "events", (event) => text(event, "name")),
  "Events.Attributes": each(SPAN, "events", (event) => attributeMap(event)),
  "Links.TraceId": each(SPAN, "links", (link) => hexId(link, "traceId")),
  "Links.SpanId": each(SPAN, "links", (link) => hexId(link, "spanId")),
  "Links.TraceState": each(SPAN, "links", (link) => text(link, "traceState")),
  "Links.Attributes": each(SPAN, "links", (link) => attributeMap(link)),
};
