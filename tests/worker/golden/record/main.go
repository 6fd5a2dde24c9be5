// Sends one OTLP export request through the Collector's own ClickHouse exporter.
//
// go run . tcp://127.0.0.1:9000 traces.pb
package main

import (
	"context"
	"log"
	"os"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/clickhouseexporter"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

func main() {
	endpoint, file := os.Args[1], os.Args[2]
	body, err := os.ReadFile(file)
	must(err)
	request := ptraceotlp.NewExportRequest()
	must(request.UnmarshalProto(body))

	factory := clickhouseexporter.NewFactory()
	config := factory.CreateDefaultConfig()
	must(confmap.NewFromStringMap(map[string]any{
		"endpoint": endpoint, "database": "recorded", "username": "owner", "password": "owner",
		"create_schema": true, "async_insert": false,
		"sending_queue": map[string]any{"enabled": false}, "retry_on_failure": map[string]any{"enabled": false},
	}).Unmarshal(config))
	ctx := context.Background()
	exporter, err := factory.CreateTraces(ctx, exportertest.NewNopSettings(factory.Type()), config)
	must(err)
	must(exporter.Start(ctx, componenttest.NewNopHost()))
	must(exporter.ConsumeTraces(ctx, request.Traces()))
	must(exporter.Shutdown(ctx))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
