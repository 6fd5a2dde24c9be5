// Sends spans, log records and data points with the OpenTelemetry SDK for JavaScript.
//
// node main.mjs 100 protobuf|json, with the OTEL_* variables set
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { OTLPLogExporter as JsonLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter as JsonMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter as JsonTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { detectResources, envDetector } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import {
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";

// Longer than any run: recorded metrics are sent once, when the provider shuts down.
const NEVER_MS = 3_600_000;
const [count, encoding] = [Number(process.argv[2]), process.argv[3]];
const isJson = encoding === "json";
const numbers = Array.from({ length: count }, (_, number) => number);

// Name and version of the service, from OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
const resource = detectResources({ detectors: [envDetector] });

async function sendSpans() {
  const exporter = isJson ? new JsonTraceExporter() : new OTLPTraceExporter();
  const processor = new BatchSpanProcessor(exporter, { scheduledDelayMillis: NEVER_MS });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  const tracer = provider.getTracer("sdk", "1.0");
  for (const number of numbers) {
    const span = tracer.startSpan(`span ${number}`, {
      kind: SpanKind.SERVER,
      attributes: {
        number,
        text: "a <b> ümläut",
        even: number % 2 === 0,
        half: number / 2,
        list: [number, 1],
      },
    });
    span.addEvent("checkpoint", { number });
    span.setStatus({ code: SpanStatusCode.ERROR, message: "it broke" });
    span.end();
  }
  await provider.shutdown();
}

async function sendLogs() {
  const exporter = isJson ? new JsonLogExporter() : new OTLPLogExporter();
  const processor = new BatchLogRecordProcessor({ exporter, scheduledDelayMillis: NEVER_MS });
  const provider = new LoggerProvider({ resource, processors: [processor] });
  const logger = provider.getLogger("sdk");
  for (const number of numbers) {
    logger.emit({
      severityNumber: SeverityNumber.INFO,
      severityText: "INFO",
      body: `record ${number}`,
      attributes: { number },
    });
  }
  await provider.shutdown();
}

async function sendMetrics() {
  const exporter = isJson ? new JsonMetricExporter() : new OTLPMetricExporter();
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: NEVER_MS });
  const provider = new MeterProvider({
    resource,
    readers: [reader],
    views: [
      {
        instrumentName: "exponential",
        aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM },
      },
    ],
  });
  const meter = provider.getMeter("sdk");
  const sum = meter.createCounter("sum");
  const gauge = meter.createGauge("gauge");
  const histogram = meter.createHistogram("histogram");
  const exponential = meter.createHistogram("exponential");
  for (const number of numbers) {
    sum.add(number, { number });
    gauge.record(number / 2, { number });
    histogram.record(number, { number });
    exponential.record(number, { number });
  }
  await provider.shutdown();
}

await sendSpans();
await sendLogs();
await sendMetrics();
