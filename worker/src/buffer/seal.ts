/**
 * Decides which chunks form the next batch, and when it is sealed.
 *
 * The more rows wait, the sooner they are sealed. A few rows a second share one insert a second. During
 * a flood ClickHouse is always busy, also at the beginning and the end of the flood.
 */
import { BATCH_AGE_MS, FLOOD_OVER_MS, FLOOD_SHARE, INSERTS_IN_FLIGHT } from "../limits.ts";
import {
  type Kind,
  STREAMS,
  type Statement,
  type Stream,
  type Table,
  type TableSet,
  tablesFrom,
  tablesOf,
} from "../tables/index.ts";
import { union } from "../time/days.ts";
import type { Batches } from "./batches.ts";
import { type Bounds, InsertBackpressure, strictest } from "./insert_backpressure.ts";
import type { CountedRange, Store } from "./store.ts";

/** Chunks to be sealed, and the tables that get rows from them. */
type Ready = CountedRange & { readonly tables: TableSet };

/** When a stream was last sealed, and the size of that batch as a share of a full one. */
interface Sealed {
  readonly atMs: number;
  readonly share: number;
}

export class Sealer {
  readonly #store: Store;
  readonly #batches: Batches;
  readonly #statementFor: (table: Table) => Statement;
  readonly #backpressures = new Map<Table, InsertBackpressure>();
  readonly #sealed = new Map<Stream, Sealed>();

  /** @param statementFor returns the statement of a batch that is sealed now. */
  constructor(store: Store, batches: Batches, statementFor: (table: Table) => Statement) {
    this.#store = store;
    this.#batches = batches;
    this.#statementFor = statementFor;
  }

  backpressureOf(table: Table): InsertBackpressure {
    let backpressure = this.#backpressures.get(table);
    if (backpressure === undefined) {
      backpressure = new InsertBackpressure();
      this.#backpressures.set(table, backpressure);
    }
    return backpressure;
  }

  /** Records the due batches. Returns whether there are any, which must be synced. */
  seal(nowMs: number): boolean {
    let sealed = false;
    for (const stream of this.#oldestFirst()) {
      while ((this.#streamDueMs(stream, nowMs) ?? Number.POSITIVE_INFINITY) <= nowMs) {
        this.#sealOne(stream, nowMs);
        sealed = true;
      }
    }
    return sealed;
  }

  /** Returns when a batch can be sealed next; null if none can be. */
  dueMs(nowMs: number): number | null {
    const all = STREAMS.map((stream) => this.#streamDueMs(stream, nowMs));
    const due = all.filter((each) => each !== null);
    return due.length === 0 ? null : Math.min(...due);
  }

  /** Returns the streams, the oldest first, so that no stream waits behind a flood of another. */
  #oldestFirst(): Stream[] {
    const age = (stream: Stream): number => this.#store.unsealed(stream).oldestMs ?? 0;
    return [...STREAMS].sort((one, other) => age(one) - age(other));
  }

  #streamDueMs(stream: Stream, nowMs: number): number | null {
    const unsealed = this.#store.unsealed(stream);
    const { oldestMs } = unsealed;
    if (oldestMs === null || !this.#maySeal(stream.kind)) {
      return null;
    }
    if (oldestMs > nowMs) {
      return nowMs; // the clock was set back
    }
    const bounds = this.#boundsOf(stream.kind);
    const share = shareOf(unsealed, bounds);
    const dueMs = oldestMs + Math.round(bounds.ageMs * (1 - share));
    const isRare = bounds.ageMs > BATCH_AGE_MS;
    const floodDueMs = isRare ? dueMs : this.#floodDueMs(stream, share, unsealed.newestMs, nowMs);
    return Math.max(nowMs, Math.min(dueMs, floodDueMs));
  }

  /**
   * The first batches of a flood are an eighth, a quarter and a half of a full one. So ClickHouse is
   * busy from the beginning, and its parts differ in size, which merges need. The rest is sealed when
   * the flood has ended.
   *
   * A steady flow gets no more inserts by this rule, because it never doubles within a second.
   */
  #floodDueMs(stream: Stream, share: number, newestMs: number | null, nowMs: number): number {
    const last = this.#sealed.get(stream);
    const isRecent = last !== undefined && Math.abs(nowMs - last.atMs) < BATCH_AGE_MS;
    const lastShare = isRecent ? last.share : 0;
    if (share >= Math.max(FLOOD_SHARE, 2 * lastShare)) {
      return nowMs;
    }
    const mayHaveEnded = lastShare >= FLOOD_SHARE && newestMs !== null;
    return mayHaveEnded ? newestMs + FLOOD_OVER_MS : Number.POSITIVE_INFINITY;
  }

  #boundsOf(kind: Kind): Bounds {
    return strictest(tablesOf(kind).map((table) => this.backpressureOf(table).bounds()));
  }

  /** Limits open batches to those that can be sent. */
  #maySeal(kind: Kind): boolean {
    const open = this.#batches.open();
    return tablesOf(kind).every(
      (table) => open.filter((batch) => batch.table === table).length < INSERTS_IN_FLIGHT,
    );
  }

  #sealOne(stream: Stream, nowMs: number): void {
    const ready = this.#readyRange(stream);
    const statements = tablesFrom(stream.kind, ready.tables).map(
      (table) => [table, this.#statementFor(table)] as const,
    );
    try {
      this.#store.transaction(() => this.#batches.insertForEach(stream, ready, statements));
    } catch (error) {
      this.#store.dropCachedCounts();
      throw error;
    }
    this.#sealed.set(stream, { atMs: nowMs, share: shareOf(ready, this.#boundsOf(stream.kind)) });
  }

  /** Returns the chunks of the next batch, from the oldest one on. */
  #readyRange(stream: Stream): Ready {
    const bounds = this.#boundsOf(stream.kind);
    let ready: Ready | null = null;
    for (const chunk of this.#store.unsealedChunks(stream)) {
      const { seq, tables, days } = chunk;
      const next: Ready = {
        fromSeq: ready?.fromSeq ?? seq,
        toSeq: seq,
        tables: (ready?.tables ?? 0) | tables,
        days: ready === null ? days : union(ready.days, days),
        rawBytes: (ready?.rawBytes ?? 0) + chunk.rawBytes,
        rows: (ready?.rows ?? 0) + chunk.rows,
        repeatedBytes: (ready?.repeatedBytes ?? 0) + chunk.repeatedBytes,
      };
      if (ready !== null && shareOf(next, bounds) > 1) {
        break;
      }
      ready = next;
    }
    if (ready === null) {
      throw new Error(`stream ${stream.id}: nothing to seal`);
    }
    return ready;
  }
}

/** Return the share of a full batch, by the bound that is closest. */
function shareOf(counted: Omit<Bounds, "ageMs">, bounds: Bounds): number {
  return Math.max(
    counted.rawBytes / bounds.rawBytes,
    counted.rows / bounds.rows,
    counted.repeatedBytes / bounds.repeatedBytes,
  );
}
