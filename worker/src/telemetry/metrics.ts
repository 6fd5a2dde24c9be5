/**
 * The counters and histograms of the worker, with their labels and help texts.
 *
 * Names follow Prometheus: the unit at the end, `_total` for counters. The one metric that is part of
 * OpenTelemetry's semantic conventions has their name, labels and bounds:
 * https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration
 */

interface Counter {
  readonly type: "counter";
  readonly help: string;
  readonly labels: readonly string[];
}

interface Histogram {
  readonly type: "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of its buckets, rising; the last bucket has none. */
  readonly bounds: readonly number[];
}

export type Metric = Counter | Histogram;

/** A sync of a local disk takes 1 ms. Cloudflare's confirmation by other machines takes tens of ms. */
const COMMIT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Bounds up to `INSERT_TIMEOUT_MS`. */
const INSERT_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
/** Bounds from under `BATCH_AGE_MS` to `BUFFER_MAX_AGE_MS`. */
const DELAY_SECONDS = [0.5, 1, 1.5, 2, 3, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400];
const BODIES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000];
/** ClickHouse recommends 10,000 to 100,000 rows; a batch above `BATCH_ROWS` is one body. */
const ROWS = [1, 10, 100, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000];
const BYTES = [1_024, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 8_388_608, 16_777_216];

export const COUNTERS = {
  ingest_received_bytes_total: {
    type: "counter",
    help: "Received bytes of telemetry as sent, including rejected bodies.",
    labels: ["signal"],
  },
  ingest_rejected_rows_total: {
    type: "counter",
    help: "Rows that cannot be stored: an invalid id, or a time outside the window.",
    labels: ["signal", "reason"],
  },
  ingest_untracked_requests_total: {
    type: "counter",
    help: "Requests accepted and not stored, because of do-not-track headers.",
    labels: ["signal"],
  },
  ingest_bodies_total: {
    type: "counter",
    help: "Bodies by result: stored, seen (stored before), full, failed, limited, or moved to another shard.",
    labels: ["signal", "result"],
  },
  ingest_taken_rows_total: {
    type: "counter",
    help: "Rows of bodies that were stored.",
    labels: ["signal"],
  },
  ingest_batches_total: {
    type: "counter",
    help: "Attempts by outcome: delivered, retried, split, or dead_letter.",
    labels: ["table", "outcome"],
  },
  ingest_dead_letters_dropped_total: {
    type: "counter",
    help: "Deleted dead letters by reason: operator, age or space.",
    labels: ["table", "reason"],
  },
  ingest_insert_errors_total: {
    type: "counter",
    help: "Failed inserts by ClickHouse's code, http_<status> without one, or no_response.",
    labels: ["table", "code"],
  },
} as const satisfies Record<string, Counter>;

export const HISTOGRAMS = {
  http_server_request_duration_seconds: {
    type: "histogram",
    help: "Time from a request to its response, by route and status.",
    labels: ["http_request_method", "http_route", "http_response_status_code"],
    bounds: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  },
  ingest_commit_duration_seconds: {
    type: "histogram",
    help: "Time to write bodies to disk.",
    labels: [],
    bounds: COMMIT_SECONDS,
  },
  ingest_commit_bodies: {
    type: "histogram",
    help: "Bodies that shared a write.",
    labels: [],
    bounds: BODIES,
  },
  ingest_insert_duration_seconds: {
    type: "histogram",
    help: "Time of inserts into ClickHouse, with any outcome.",
    labels: ["table"],
    bounds: INSERT_SECONDS,
  },
  ingest_insert_rows: {
    type: "histogram",
    help: "Rows of the bodies in a delivered batch.",
    labels: ["table"],
    bounds: ROWS,
  },
  ingest_insert_size_bytes: {
    type: "histogram",
    help: "Bytes of a delivered batch, as stored and sent.",
    labels: ["table"],
    bounds: BYTES,
  },
  ingest_delivery_delay_seconds: {
    type: "histogram",
    help: "Time from storing the oldest body of a batch until its delivery.",
    labels: ["table"],
    bounds: DELAY_SECONDS,
  },
} as const satisfies Record<string, Histogram>;

export type CounterName = keyof typeof COUNTERS;
export type HistogramName = keyof typeof HISTOGRAMS;

/** The metrics by name, in the order of `GET /admin/metrics`. */
export const METRICS: ReadonlyMap<string, Metric> = new Map<string, Metric>(
  Object.entries({ ...HISTOGRAMS, ...COUNTERS }),
);
