/** The kinds of chunks, the tables of each kind, and the statement of each table. */
import { MAX_PARTITIONS_PER_INSERT } from "../limits.ts";
import { EVENTS_STATEMENT } from "./events.ts";
import { eitherWay, type InsertFormat, type Statement, type Statements } from "./formats.ts";
import { HEALTH_STATEMENT } from "./ingest_health.ts";
import { LOGS_STATEMENTS } from "./otel_logs.ts";
import {
  EXPONENTIAL_HISTOGRAM_STATEMENTS,
  GAUGE_STATEMENTS,
  HISTOGRAM_STATEMENTS,
  SUM_STATEMENTS,
  SUMMARY_STATEMENTS,
} from "./otel_metrics.ts";
import { TRACES_STATEMENTS } from "./otel_traces.ts";

export type { InsertFormat, Statement } from "./formats.ts";

/** The compression of the bytes. Bodies of the same encoding can be concatenated. */
export type Encoding = "raw" | "gzip" | "zstd";
export type SignalKind = "traces" | "events" | "logs" | "metrics";
/** `health`: metrics of the buffer, which no client sent and which do not count as telemetry. */
export type Kind = SignalKind | "health";

/**
 * The streams. Chunks of one stream have the same kind and encoding, and can be in one batch.
 *
 * The numbers are in stored rows and must never change their meaning. Add new ones.
 */
export interface Stream {
  readonly id: number;
  readonly kind: Kind;
  readonly encoding: Encoding;
}

export const STREAMS: readonly Stream[] = [
  { id: 1, kind: "traces", encoding: "gzip" },
  { id: 2, kind: "traces", encoding: "raw" },
  { id: 3, kind: "events", encoding: "raw" },
  { id: 4, kind: "logs", encoding: "gzip" },
  { id: 5, kind: "logs", encoding: "raw" },
  { id: 6, kind: "metrics", encoding: "gzip" },
  { id: 7, kind: "metrics", encoding: "raw" },
  { id: 8, kind: "traces", encoding: "zstd" },
  { id: 9, kind: "logs", encoding: "zstd" },
  { id: 10, kind: "metrics", encoding: "zstd" },
  { id: 11, kind: "health", encoding: "raw" },
];

/**
 * Settings of every insert, so that the server's defaults, profile and version cannot change which
 * blocks a token covers between two attempts of a batch.
 */
const EXACTLY_ONCE_SETTINGS: Statement = {
  async_insert: "0", // its queue would merge blocks of several inserts
  insert_deduplicate: "1",
  deduplicate_blocks_in_dependent_materialized_views: "1",
  materialized_views_ignore_errors: "0", // otherwise a batch could be "applied" without the rows of a view
  // Each batch has one thread and one block. The token then covers one part per partition, and a
  // retry splits the batch at the same places under any load.
  max_insert_threads: "1",
  input_format_parallel_parsing: "0",
  max_insert_block_size: "1000000000",
  min_insert_block_size_rows: "1000000000",
  min_insert_block_size_bytes: "0",
  // 0 means the setting of the table.
  min_insert_block_size_rows_for_materialized_views: "0",
  min_insert_block_size_bytes_for_materialized_views: "0",
  max_partitions_per_insert_block: String(MAX_PARTITIONS_PER_INSERT),
  throw_on_max_partitions_per_insert_block: "1",
  wait_end_of_query: "1",
  // Damaged data is not skipped: the insert is rejected, and the body becomes a dead letter.
  input_format_allow_errors_num: "0",
  input_format_allow_errors_ratio: "0",
};

const STATEMENTS = {
  otel_traces: TRACES_STATEMENTS,
  events: eitherWay(EVENTS_STATEMENT),
  otel_logs: LOGS_STATEMENTS,
  otel_metrics_gauge: GAUGE_STATEMENTS,
  otel_metrics_sum: SUM_STATEMENTS,
  otel_metrics_histogram: HISTOGRAM_STATEMENTS,
  otel_metrics_exponential_histogram: EXPONENTIAL_HISTOGRAM_STATEMENTS,
  otel_metrics_summary: SUMMARY_STATEMENTS,
  ingest_health: eitherWay(HEALTH_STATEMENT),
} as const satisfies Record<string, Statements>;

export type Table = keyof typeof STATEMENTS;

export const TABLES = Object.keys(STATEMENTS) as readonly Table[];

/** The tables of each kind. */
const TABLES_OF: Record<Kind, readonly Table[]> = {
  traces: ["otel_traces"],
  events: ["events"],
  logs: ["otel_logs"],
  metrics: [
    "otel_metrics_gauge",
    "otel_metrics_sum",
    "otel_metrics_histogram",
    "otel_metrics_exponential_histogram",
    "otel_metrics_summary",
  ],
  health: ["ingest_health"],
};

/** Stored rows have a table as its position in the list of its kind, and a set of tables as bits. */
export type TableSet = number;

export const ALL_TABLES: TableSet = -1;

export function tableBit(table: Table): TableSet {
  const list = Object.values(TABLES_OF).find((tables) => tables.includes(table)) ?? [];
  return 1 << list.indexOf(table);
}

export function tablesFrom(kind: Kind, set: TableSet): Table[] {
  return TABLES_OF[kind].filter((_table, index) => (set & (1 << index)) !== 0);
}

export function tablesOf(kind: Kind): readonly Table[] {
  return TABLES_OF[kind];
}

/** Return the table with this name. Older scripts stored null, for kinds with one table. */
export function tableNamed(name: unknown, kind: Kind): Table {
  const [first] = tablesOf(kind);
  const found = tablesOf(kind).find((table) => table === name) ?? first;
  if (found === undefined) {
    throw new Error(`no table for ${kind}`);
  }
  return found;
}

/** The insert format and the supported settings of the deployment's ClickHouse. */
export interface Deployment {
  readonly format: InsertFormat;
  /** Settings that not all ClickHouse versions have. */
  readonly settings: Statement;
}

export function statementFor(
  table: Table,
  database: string,
  { format, settings }: Deployment,
): Statement {
  return { ...settings, database, ...EXACTLY_ONCE_SETTINGS, ...STATEMENTS[table][format] };
}

export function streamFor(kind: Kind, encoding: Encoding): Stream {
  const stream = STREAMS.find((each) => each.kind === kind && each.encoding === encoding);
  if (stream === undefined) {
    throw new Error(`no stream for ${kind} in ${encoding}`);
  }
  return stream;
}

export function streamById(id: number): Stream {
  const stream = STREAMS.find((each) => each.id === id);
  if (stream === undefined) {
    throw new Error(`no stream has number ${id}`);
  }
  return stream;
}
