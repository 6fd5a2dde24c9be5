/**
 * Writes metrics in the text format of Prometheus:
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
 */
import { GAUGES, type Gauges } from "../buffer/status.ts";
import { type Sample, type Sums, samplesFrom } from "../telemetry/counters.ts";
import { METRICS, type Metric } from "../telemetry/metrics.ts";

export const TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export interface TeamSums {
  readonly team: string;
  readonly sums: Sums;
}

export interface BufferGauges {
  readonly team: string;
  readonly buffer: string;
  readonly gauges: Gauges;
}

type Labels = Readonly<Record<string, string>>;

export function prometheusText(
  teams: readonly TeamSums[],
  buffers: readonly BufferGauges[],
): string {
  const samples = teams.flatMap(({ team, sums }) =>
    samplesFrom(sums).map((sample) => ({ ...sample, labels: { team, ...sample.labels } })),
  );
  return [...METRICS]
    .flatMap(([name, metric]) =>
      family(
        name,
        metric,
        samples.filter((sample) => sample.name === name),
      ),
    )
    .concat(gaugeLines(buffers))
    .map((line) => `${line}\n`)
    .join("");
}

function family(name: string, metric: Metric, samples: readonly Sample[]): string[] {
  return [
    ...heading(name, metric.type, metric.help),
    ...samples.flatMap(({ labels, value }) =>
      metric.type === "counter" || typeof value === "number"
        ? [line(name, labels, Number(value))]
        : histogramLines(name, labels, value, metric.bounds),
    ),
  ];
}

/** Writes cumulative buckets. Each stored count is the number of values between two bounds. */
function histogramLines(
  name: string,
  labels: Labels,
  value: readonly number[],
  bounds: readonly number[],
): string[] {
  let total = 0;
  const buckets = [...bounds.map(String), "+Inf"].map((le, index) => {
    total += value[index] ?? 0;
    return line(`${name}_bucket`, { ...labels, le }, total);
  });
  return [
    ...buckets,
    line(`${name}_sum`, labels, value.at(-1) ?? 0),
    line(`${name}_count`, labels, total),
  ];
}

function gaugeLines(buffers: readonly BufferGauges[]): string[] {
  return [...GAUGES].flatMap(([name, help]) => [
    ...heading(name, "gauge", help),
    ...buffers.map(({ team, buffer, gauges }) => line(name, { team, buffer }, gauges[name] ?? 0)),
  ]);
}

function heading(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help.replaceAll("\\", "\\\\")}`, `# TYPE ${name} ${type}`];
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
