/** Which kinds of chunk there are, which tables each goes into, and by which statement. */
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

/** How the bytes are compressed; in each of them, bodies concatenate. */
export type Encoding = "raw" | "gzip" | "zstd";
export type SignalKind = "traces" | "events" | "logs" | "metrics";
/** `health`: what the buffer says of itself; it comes from nobody and does not count as telemetry. */
export type Kind = SignalKind | "health";

/**
 * Chunks that can travel in one batch: same kind, same encoding.
 *
 * Numbers are in stored rows and must never change their meaning; add new ones.
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
 * Settings every insert carries, so that the server's defaults, profile and version cannot change
 * what a token covers between two attempts of one batch.
 */
const EXACTLY_ONCE_SETTINGS: Statement = {
  async_insert: "0", // its queue would answer for blocks that are not ours
  insert_deduplicate: "1",
  deduplicate_blocks_in_dependent_materialized_views: "1",
  materialized_views_ignore_errors: "0", // else a batch is "applied" without the rows behind a view
  // One thread and one block per batch, whatever it was read in: the token then stands for one part
  // per partition, and a retry cuts the batch at the same places whatever the load is.
  max_insert_threads: "1",
  input_format_parallel_parsing: "0",
  max_insert_block_size: "1000000000",
  min_insert_block_size_rows: "1000000000",
  min_insert_block_size_bytes: "0",
  // 0: as of the table.
  min_insert_block_size_rows_for_materialized_views: "0",
  min_insert_block_size_bytes_for_materialized_views: "0",
  max_partitions_per_insert_block: String(MAX_PARTITIONS_PER_INSERT),
  throw_on_max_partitions_per_insert_block: "1",
  wait_end_of_query: "1",
  // Nothing is left out for being damaged: it is refused, and set apart.
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

/** What a chunk of each kind can have rows for. */
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

/** In stored rows, a table is its place in its kind's list, and a set of them so many bits. */
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

/** Of a row that an older script wrote it is null, and its kind had one table then. */
export function tableNamed(name: unknown, kind: Kind): Table {
  const [first] = tablesOf(kind);
  const found = tablesOf(kind).find((table) => table === name) ?? first;
  if (found === undefined) {
    throw new Error(`no table for ${kind}`);
  }
  return found;
}

/** The deployment's ClickHouse: insert format and supported settings. */
export interface Deployment {
  readonly format: InsertFormat;
  /** Settings that this ClickHouse has and others lack. */
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
