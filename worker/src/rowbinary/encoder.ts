/**
 * Chooses the encoder of a table's rows. A batch is encoded for the columns that its recorded
 * statement names, in that order, so that a script with other columns sends the same rows again.
 */
import type { Table } from "../tables/index.ts";
import type { Column } from "./columns.ts";
import { UnknownColumns } from "./errors.ts";
import { LOG_COLUMNS, LOG_RECORDS } from "./logs.ts";
import { METRIC_COLUMNS, pointsOf } from "./metrics.ts";
import { RowEncoder, type ShardLayout } from "./rows.ts";
import { SPANS, TRACE_COLUMNS } from "./traces.ts";

type RowTable = Exclude<Table, "events" | "ingest_health">;

interface Source {
  readonly layout: ShardLayout;
  readonly columns: Readonly<Record<string, Column>>;
}

const SOURCES: Readonly<Record<RowTable, Source>> = {
  otel_traces: { layout: SPANS, columns: TRACE_COLUMNS },
  otel_logs: { layout: LOG_RECORDS, columns: LOG_COLUMNS },
  otel_metrics_gauge: points("gauge", "otel_metrics_gauge"),
  otel_metrics_sum: points("sum", "otel_metrics_sum"),
  otel_metrics_histogram: points("histogram", "otel_metrics_histogram"),
  otel_metrics_exponential_histogram: points(
    "exponentialHistogram",
    "otel_metrics_exponential_histogram",
  ),
  otel_metrics_summary: points("summary", "otel_metrics_summary"),
};

function points(metric: string, table: keyof typeof METRIC_COLUMNS): Source {
  return { layout: pointsOf(metric), columns: METRIC_COLUMNS[table] };
}

/** @throws UnknownColumns this script has no such column. */
export function encoderFor(table: Table, columns: readonly string[]): RowEncoder {
  const source = (SOURCES as Readonly<Record<string, Source>>)[table];
  const unknown = columns.filter((column) => source?.columns[column] === undefined);
  if (source === undefined || unknown.length > 0) {
    throw new UnknownColumns(
      `${table}: this script cannot write ${unknown.join(", ")}; deploy the one that sealed the batch`,
    );
  }
  const writers = columns.map((column) => source.columns[column] as Column);
  return new RowEncoder(source.layout, writers);
}
