// Sends one OTLP export request through the Collector's own ClickHouse exporter.
//
// go run . tcp://127.0.0.1:9000 traces traces.pb
package main

import (
	"context"
	"log"
	"os"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/clickhouseexporter"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

type export func(context.Context, exporter.Factory, component.Config, []byte)

func main() {
	endpoint, signal, file := os.Args[1], os.Args[2], os.Args[3]
	body, err := os.ReadFile(file)
	must(err)

	factory := clickhouseexporter.NewFactory()
	config := factory.CreateDefaultConfig()
	must(confmap.NewFromStringMap(map[string]any{
		"endpoint": endpoint, "database": "recorded", "username": "owner", "password": "owner",
		"create_schema": true, "async_insert": false,
		"sending_queue": map[string]any{"enabled": false}, "retry_on_failure": map[string]any{"enabled": false},
	}).Unmarshal(config))
	exports := map[string]export{"traces": traces, "logs": logs, "metrics": metrics}
	exports[signal](context.Background(), factory, config, body)
}

func traces(ctx context.Context, factory exporter.Factory, config component.Config, body []byte) {
	request := ptraceotlp.NewExportRequest()
	must(request.UnmarshalProto(body))
	to, err := factory.CreateTraces(ctx, exportertest.NewNopSettings(factory.Type()), config)
	must(err)
	must(to.Start(ctx, componenttest.NewNopHost()))
	must(to.ConsumeTraces(ctx, request.Traces()))
	must(to.Shutdown(ctx))
}

func logs(ctx context.Context, factory exporter.Factory, config component.Config, body []byte) {
	request := plogotlp.NewExportRequest()
	must(request.UnmarshalProto(body))
	to, err := factory.CreateLogs(ctx, exportertest.NewNopSettings(factory.Type()), config)
	must(err)
	must(to.Start(ctx, componenttest.NewNopHost()))
	must(to.ConsumeLogs(ctx, request.Logs()))
	must(to.Shutdown(ctx))
}

func metrics(ctx context.Context, factory exporter.Factory, config component.Config, body []byte) {
	request := pmetricotlp.NewExportRequest()
	must(request.UnmarshalProto(body))
	to, err := factory.CreateMetrics(ctx, exportertest.NewNopSettings(factory.Type()), config)
	must(err)
	must(to.Start(ctx, componenttest.NewNopHost()))
	must(to.ConsumeMetrics(ctx, request.Metrics()))
	must(to.Shutdown(ctx))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
