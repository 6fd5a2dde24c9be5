/** What a buffer holds, as metrics. */
import type { GaugeName } from "../telemetry/metrics.ts";
import type { BufferStatus } from "./status.ts";

export type Gauges = Readonly<Record<GaugeName, number>>;

export function gaugesFrom(status: BufferStatus): Gauges {
  return {
    ingest_buffer_stored_bytes: status.stored_bytes,
    ingest_buffer_rows: status.rows,
    ingest_buffer_oldest_age_seconds: status.oldest_age_seconds ?? 0,
    ingest_buffer_batches: status.batches,
    ingest_buffer_inserts_in_flight: status.inserts_in_flight,
    ingest_buffer_dead_letters: status.dead_letters,
    ingest_buffer_dead_letter_bytes: status.dead_letter_bytes,
    ingest_buffer_dead_letter_oldest_age_seconds: status.dead_letter_oldest_age_seconds ?? 0,
    ingest_buffer_dead_letters_used_ratio: status.dead_letters_used_ratio,
    ingest_buffer_paused: status.paused ? 1 : 0,
  };
}
