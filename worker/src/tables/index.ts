/** Which kinds of chunk there are, and how a batch of each is inserted. */
import { EVENTS_QUERY, EVENTS_SETTINGS } from "./events.ts";
import { TRACES_QUERY, TRACES_SETTINGS } from "./otel_traces.ts";

export type Encoding = "raw" | "gzip";
export type Kind = "traces" | "events";

/**
 * Chunks that can travel in one batch: same table, same encoding.
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
];

/** The statement of an insert as URL parameters, complete but for the token. */
export type Statement = Record<string, string>;

/**
 * Settings every insert carries, so that the server's defaults, profile and version cannot change
 * what a token covers between two attempts of one batch.
 */
const EXACTLY_ONCE_SETTINGS: Statement = {
  async_insert: "0", // its queue would answer for blocks that are not ours
  insert_deduplicate: "1",
  deduplicate_blocks_in_dependent_materialized_views: "1",
  // One thread and one block per batch: the token then stands for one part per partition, and a
  // retry cuts the batch at the same places whatever the load is.
  max_insert_threads: "1",
  input_format_parallel_parsing: "0",
  max_insert_block_size: "1000000000",
  min_insert_block_size_rows: "1000000000",
  min_insert_block_size_bytes: "0",
  // Refused before anything is written, with an error that sets the bad chunk apart.
  max_partitions_per_insert_block: "100",
  wait_end_of_query: "1",
};

const STATEMENTS: Record<Kind, Statement> = {
  traces: { query: TRACES_QUERY, ...TRACES_SETTINGS },
  events: { query: EVENTS_QUERY, ...EVENTS_SETTINGS },
};

export function statementFor(kind: Kind, database: string): Statement {
  return { database, ...EXACTLY_ONCE_SETTINGS, ...STATEMENTS[kind] };
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
