// Sends spans, log records and data points with the OpenTelemetry SDK for Go.
//
// go run . 100 protobuf, with the OTEL_* variables set
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	otellog "go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Longer than any run: what is recorded goes out once, when the provider shuts down.
const never = time.Hour

func main() {
	count, err := strconv.Atoi(os.Args[1])
	must(err)
	ctx := context.Background()
	sendSpans(ctx, count)
	sendLogs(ctx, count)
	sendMetrics(ctx, count)
}

func sendSpans(ctx context.Context, count int) {
	exporter, err := otlptracehttp.New(ctx)
	must(err)
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter, sdktrace.WithBatchTimeout(never)))
	tracer := provider.Tracer("sdk", trace.WithInstrumentationVersion("1.0"))
	for number := range count {
		_, span := tracer.Start(ctx, fmt.Sprintf("span %d", number), trace.WithSpanKind(trace.SpanKindServer))
		span.SetAttributes(
			attribute.Int("number", number),
			attribute.String("text", "a <b> ümläut"),
			attribute.Bool("even", number%2 == 0),
			attribute.Float64("half", float64(number)/2),
			attribute.IntSlice("list", []int{number, 1}),
		)
		span.AddEvent("checkpoint", trace.WithAttributes(attribute.Int("number", number)))
		span.SetStatus(codes.Error, "it broke")
		span.End()
	}
	must(provider.Shutdown(ctx))
}

func sendLogs(ctx context.Context, count int) {
	exporter, err := otlploghttp.New(ctx)
	must(err)
	processor := sdklog.NewBatchProcessor(exporter, sdklog.WithExportInterval(never))
	provider := sdklog.NewLoggerProvider(sdklog.WithProcessor(processor))
	logger := provider.Logger("sdk")
	for number := range count {
		var record otellog.Record
		record.SetTimestamp(time.Now())
		record.SetSeverity(otellog.SeverityInfo)
		record.SetSeverityText("INFO")
		record.SetBody(otellog.StringValue(fmt.Sprintf("record %d", number)))
		record.AddAttributes(otellog.Int("number", number))
		logger.Emit(ctx, record)
	}
	must(provider.Shutdown(ctx))
}

func sendMetrics(ctx context.Context, count int) {
	exporter, err := otlpmetrichttp.New(ctx)
	must(err)
	reader := sdkmetric.NewPeriodicReader(exporter, sdkmetric.WithInterval(never))
	exponential := sdkmetric.NewView(
		sdkmetric.Instrument{Name: "exponential"},
		sdkmetric.Stream{Aggregation: sdkmetric.AggregationBase2ExponentialHistogram{MaxSize: 160, MaxScale: 20}},
	)
	provider := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader), sdkmetric.WithView(exponential))
	meter := provider.Meter("sdk")
	sum, err := meter.Int64Counter("sum")
	must(err)
	gauge, err := meter.Float64Gauge("gauge")
	must(err)
	histogram, err := meter.Float64Histogram("histogram")
	must(err)
	exponentialHistogram, err := meter.Float64Histogram("exponential")
	must(err)
	for number := range count {
		at := metric.WithAttributes(attribute.Int("number", number))
		sum.Add(ctx, int64(number), at)
		gauge.Record(ctx, float64(number)/2, at)
		histogram.Record(ctx, float64(number), at)
		exponentialHistogram.Record(ctx, float64(number), at)
	}
	must(provider.Shutdown(ctx))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
