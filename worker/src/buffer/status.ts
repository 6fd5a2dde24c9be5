/** The state of a buffer, as an operator sees it. */

export interface BufferStatus {
  readonly paused: boolean;
  readonly stored_bytes: number;
  /** Rows that wait; a body that was sent again out of the dead letters has none here. */
  readonly rows: number;
  readonly oldest_age_seconds: number | null;
  readonly batches: number;
  /** Paused and 0: ClickHouse hears nothing from this buffer. */
  readonly inserts_in_flight: number;
  /** Of a batch that waits to be tried again; null if none does. */
  readonly last_error: string | null;
  /** Rows of stored bodies that have left; one that was set aside counts with those beside it. */
  readonly rows_delivered: number;
  readonly dead_letters: number;
  readonly dead_letter_bytes: number;
  readonly dead_letter_oldest_age_seconds: number | null;
  /** `DeadLetters.usedRatio`: at 1 the oldest is deleted. */
  readonly dead_letters_used_ratio: number;
}
