/** The part of an export response that reports rows or exemplars that were not stored. */
import type { Rejected } from "./rejected.ts";
import type { Signal } from "./schema.ts";

export interface PartialSuccess {
  /** 0: every row was stored, and the message is a warning. */
  readonly rejectedRows: number;
  readonly message: string;
}

/** Returns null if everything was stored. */
export function partialSuccessOf(signal: Signal, rejected: Rejected): PartialSuccess | null {
  const { rows, reason, exemplars, exemplarReason } = rejected;
  const sentences = [
    reason && `${signal.rows.text}: ${rows} cannot be stored; the first: ${reason}`,
    exemplarReason && `exemplars: ${exemplars} were left out; the first: ${exemplarReason}`,
  ].filter((sentence) => sentence !== null);
  return sentences.length === 0 ? null : { rejectedRows: rows, message: sentences.join("; ") };
}
