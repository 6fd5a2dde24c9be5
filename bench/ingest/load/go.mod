module telemetry/bench/load

go 1.25
