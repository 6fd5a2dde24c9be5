/**
 * Delivers batches: seal a batch, insert it under its token, delete it. `worker/README.md` proves that
 * a crash between any two steps leaves every row in ClickHouse once.
 */
import { free } from "../body/bytes.ts";
import { bodyMemory } from "../body/read_body.ts";
import { insert, type Outcome, type Server } from "../clickhouse.ts";
import {
  ALARM_ENCODED_BYTES,
  APPEND_BYTES_BESIDE_ENCODING,
  BATCH_AGE_MS,
  INSERT_MEMORY_POLL_MS,
  MAX_BODY_BYTES,
  MAX_INSERTS_PER_BUFFER,
  RETRY_FIRST_MS,
  RETRY_MAX_MS,
} from "../limits.ts";
import { appendMemory, insertMemory, longEncoding } from "../memory/shared_memory.ts";
import { NotEncodable, UnknownColumns } from "../rowbinary/errors.ts";
import type { Statement, Table } from "../tables/index.ts";
import { withSchemaNote } from "../tables/otlp.ts";
import type { Batch, Batches, Extent } from "./batches.ts";
import type { BufferCounters } from "./buffer_counters.ts";
import type { BufferHooks } from "./hooks.ts";
import { heldBytes, type InsertBody, insertBody, isLongEncoding } from "./insert_body.ts";
import { Sealer } from "./seal.ts";
import type { ShardCoordinator } from "./shard_coordination.ts";
import type { Store } from "./store.ts";

export interface DeliverOptions {
  readonly server: Server;
  /** The team whose share of the isolate's memory the inserts use. */
  readonly team: string;
  /** The beginning of every token; different for every storage. */
  readonly bufferId: string;
  readonly coordinator: ShardCoordinator;
  readonly counters: BufferCounters;
  readonly hooks: Pick<BufferHooks, "onFreed" | "statementFor" | "sync">;
}

export class Deliverer {
  readonly #store: Store;
  readonly #batches: Batches;
  readonly #options: DeliverOptions;
  readonly #sealer: Sealer;
  readonly #inFlight = new Map<number, Table>();
  /** Batches that were due while no memory was free. */
  #withoutMemory: ReadonlySet<number> = new Set();
  /** The last body in the queue of bodies that are prepared one by one. */
  #preparing: Promise<unknown> = Promise.resolve();
  #encodedBytes = 0;
  /** A comment in the schemas of batches sealed from now on; empty unless ClickHouse misread one. */
  #schemaNote = "";

  constructor(store: Store, batches: Batches, options: DeliverOptions) {
    this.#store = store;
    this.#batches = batches;
    this.#options = options;
    this.#sealer = new Sealer(store, batches, (table) =>
      withSchemaNote(options.hooks.statementFor(table), this.#schemaNote),
    );
  }

  /** Seals due batches, starts due inserts, and returns the inserts. */
  async start(nowMs: number): Promise<Promise<void>[]> {
    const sealed = this.#sealer.seal(nowMs);
    await this.#options.coordinator.pollOtherShards(this.#firstUnsent());
    const claimed = this.#claimDue(nowMs);
    try {
      if (sealed || claimed.some(({ block }) => block === null)) {
        // A batch must be on disk before it is sent, so that a retry after a crash sends the same.
        await this.#options.hooks.sync();
      }
    } catch (error) {
      for (const batch of claimed) {
        this.#release(batch);
      }
      throw error;
    }
    return claimed.map((batch) => this.#start(batch));
  }

  /** The first unsent batch of each table. The others wait, so that small ones never delay it. */
  #firstUnsent(): Batch[] {
    const first = new Map<Table, Batch>();
    for (const batch of this.#batches.open()) {
      if (batch.block === null && !first.has(batch.table)) {
        first.set(batch.table, batch);
      }
    }
    return [...first.values()];
  }

  /** Assigns memory and blocks to due batches. */
  #claimDue(nowMs: number): Batch[] {
    const claimed: Batch[] = [];
    const heldBack = new Set<Table>();
    const withoutMemory = new Set<number>();
    for (const batch of this.#batches.open()) {
      if (!this.#isDue(batch, nowMs) || !this.#hasFreeSlot(batch.table)) {
        continue;
      }
      if (this.#isHeldBack(batch, heldBack)) {
        heldBack.add(batch.table);
      } else if (!this.#takeMemory(batch, nowMs)) {
        withoutMemory.add(batch.number);
      } else {
        this.#claim(batch);
        claimed.push(batch);
      }
    }
    this.#withoutMemory = withoutMemory;
    return claimed;
  }

  #isHeldBack(batch: Batch, heldBack: ReadonlySet<Table>): boolean {
    const { block, table } = batch;
    return block === null && (heldBack.has(table) || !this.#options.coordinator.maySend(batch));
  }

  #takeMemory(batch: Batch, nowMs: number): boolean {
    const { team } = this.#options;
    const id = this.#token(batch);
    if (
      isLongEncoding(this.#batches, batch) &&
      !longEncoding.take(id, team, nowMs, bodiesFitWithEncoding(nowMs))
    ) {
      return false;
    }
    const taken = insertMemory.take(id, team, heldBytes(this.#batches, batch), nowMs);
    if (!taken) {
      longEncoding.release(id);
    }
    return taken;
  }

  #claim(batch: Batch): void {
    this.#inFlight.set(batch.number, batch.table);
    if (batch.block === null) {
      this.#batches.admit(batch);
    }
  }

  #release(batch: Batch): void {
    this.#inFlight.delete(batch.number);
    insertMemory.release(this.#token(batch));
    longEncoding.release(this.#token(batch));
  }

  async #start(batch: Batch): Promise<void> {
    try {
      await this.#deliver(batch);
    } finally {
      this.#release(batch);
    }
  }

  #token(batch: Batch): string {
    return `${this.#options.bufferId}:${batch.number}`;
  }

  /** Call at the start of an alarm. */
  renewCpu(): void {
    this.#encodedBytes = 0;
  }

  /** Whether this alarm has used its share of CPU; the next alarm encodes the rest. */
  hasSpentCpu(): boolean {
    return this.#encodedBytes >= ALARM_ENCODED_BYTES;
  }

  /** Returns the next time at which `start` has work; null if waiting alone causes none. */
  nextDueMs(nowMs: number): number | null {
    const unsent = this.#firstUnsent().filter(({ table }) => this.#hasFreeSlot(table));
    const waits = [
      ...this.#batches.open().filter((batch) => batch.block !== null && this.#mayStart(batch)),
      ...unsent.filter((batch) => this.#options.coordinator.maySend(batch)),
    ].map((batch) => {
      const fromMs = nowMs + (this.#withoutMemory.has(batch.number) ? INSERT_MEMORY_POLL_MS : 0);
      return Math.max(fromMs, Math.min(batch.notBeforeMs, nowMs + RETRY_MAX_MS));
    });
    if (unsent.some((batch) => this.#options.coordinator.needsRound(batch))) {
      waits.push(nowMs + BATCH_AGE_MS); // to poll the other shards again
    }
    const sealMs = this.#sealer.dueMs(nowMs);
    if (sealMs !== null) {
      waits.push(sealMs);
    }
    return waits.length === 0 ? null : Math.min(...waits);
  }

  #mayStart({ number, table }: Batch): boolean {
    return !this.#inFlight.has(number) && this.#hasFreeSlot(table);
  }

  insertsInFlight(): number {
    return this.#inFlight.size;
  }

  #hasFreeSlot(table: Table): boolean {
    if (this.#inFlight.size >= MAX_INSERTS_PER_BUFFER) {
      return false;
    }
    const count = [...this.#inFlight.values()].filter((each) => each === table).length;
    return count < this.#sealer.backpressureOf(table).insertsInFlight();
  }

  /** A wait longer than the maximum means that the clock was set back; then the batch is due. */
  #isDue(batch: Batch, nowMs: number): boolean {
    const waiting = batch.notBeforeMs > nowMs && batch.notBeforeMs <= nowMs + RETRY_MAX_MS;
    return !waiting && !this.#inFlight.has(batch.number);
  }

  // --- insert, then delete --------------------------------------------------------------------

  async #deliver(batch: Batch): Promise<void> {
    const startedMs = Date.now();
    const outcome = await this.#insert(batch);
    const extent = (): Extent => this.#batches.extent(batch);
    this.#options.counters.attempted(batch, outcome, extent, Date.now() - startedMs);
    this.#settle(batch, outcome);
  }

  async #insert(batch: Batch): Promise<Outcome> {
    const token = this.#token(batch);
    try {
      const body = await this.#bodyOf(batch);
      if (body === null) {
        return { verdict: "applied" };
      }
      const outcome = await insert(this.#options.server, this.#statementOf(batch), token, body);
      if (body.bytes instanceof Uint8Array) {
        free(body.bytes); // step 5 of `body/read_body.ts`
      }
      return outcome;
    } catch (error) {
      return outcomeOfEncoding(error);
    }
  }

  /** Prepares one batch at a time, because encoding uses CPU and the memory of a decompressed body. */
  async #bodyOf(batch: Batch): Promise<InsertBody | null> {
    const preparing = this.#preparing.then(() => insertBody(this.#store, this.#batches, batch));
    this.#preparing = preparing.catch(() => undefined);
    const body = await preparing;
    this.#encodedBytes += body?.encodedBytes ?? 0;
    if (body?.bytes instanceof Uint8Array) {
      longEncoding.release(this.#token(batch)); // the encoded rows are counted in `insertMemory`
    }
    return body;
  }

  /** The recorded statement, with another schema package if ClickHouse misread the schema. */
  #statementOf({ number, attempts, statement, lastError }: Batch): Statement {
    if (lastError === null || !MISREAD_SCHEMA.test(lastError)) {
      return statement;
    }
    this.#schemaNote = `${number}_${attempts}`;
    return withSchemaNote(statement, this.#schemaNote);
  }

  #settle(batch: Batch, outcome: Outcome): void {
    this.#adapt(batch, outcome);
    if (outcome.verdict === "applied") {
      this.#options.hooks.onFreed(this.#store.transaction(() => this.#batches.delete(batch)));
    } else if (outcome.verdict === "rejected") {
      this.#splitOrDeadLetter(batch, outcome.error);
    } else {
      const notBeforeMs = Date.now() + backoffMs(batch.attempts);
      this.#batches.recordAttempt(batch, notBeforeMs, outcome.error);
      console.warn(`batch ${batch.number} waits for its next attempt: ${outcome.error}`);
    }
  }

  /** Adapts the size and frequency of later batches. This batch stays as it is. */
  #adapt(batch: Batch, outcome: Outcome): void {
    const backpressure = this.#sealer.backpressureOf(batch.table);
    if (outcome.verdict === "applied") {
      backpressure.applied(batch.number);
    } else if (outcome.verdict === "rejected") {
      backpressure.finished(batch.number);
    } else if (outcome.exhausted === "parts") {
      backpressure.tooManyParts();
    } else if (outcome.exhausted === "memory") {
      backpressure.outOfMemory(batch.number, this.#batches.extent(batch).rawBytes);
    }
  }

  /**
   * Splits a rejected batch, until the invalid body is alone in one and becomes a dead letter. Call
   * only after a response which proves that nothing was written.
   */
  #splitOrDeadLetter(batch: Batch, error: string): void {
    const { from, to } = this.#batches.bodies(batch);
    const isOneBody = batch.fromSeq === batch.toSeq && to - from <= 1;
    const freed = this.#store.transaction(() => {
      if (isOneBody) {
        return this.#batches.moveToDeadLetters(batch, error, Date.now());
      }
      this.#batches.split(batch);
      return 0;
    });
    this.#options.hooks.onFreed(freed);
    this.#options.counters.rejected(batch, error, isOneBody);
    console.warn(`batch ${batch.number} ${isOneBody ? "dead-lettered" : "split"}: ${error}`);
  }
}

/**
 * ClickHouse writes a schema into a file when it first receives it. An insert at the same moment may
 * read the file half written. ClickHouse caches what it read under the hash of the schema until the
 * server restarts, so only a changed schema helps. Rows and tokens stay the same.
 */
const MISREAD_SCHEMA = /Could not find a message named|CANNOT_PARSE_PROTOBUF_SCHEMA/;

/**
 * Bytes that cannot be encoded fail on every attempt, so nothing was ever sent and the batch may be
 * halved. A script that lacks a column proves nothing about earlier attempts, so the batch waits.
 */
function outcomeOfEncoding(error: unknown): Outcome {
  if (error instanceof NotEncodable) {
    return { verdict: "rejected", error: error.message };
  }
  if (error instanceof UnknownColumns) {
    return { verdict: "unknown", error: error.message };
  }
  throw error;
}

/** A body larger than the limit is held alone, and also during an encoding. */
function bodiesFitWithEncoding(nowMs: number): boolean {
  return (
    appendMemory.heldBytes(nowMs) <= APPEND_BYTES_BESIDE_ENCODING &&
    bodyMemory.heldBytes(nowMs) <= MAX_BODY_BYTES
  );
}

/** Exponential backoff with jitter, so that many buffers do not retry at the same moment. */
function backoffMs(attempts: number): number {
  const ceiling = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(attempts, 16));
  return Math.round(ceiling / 2 + (Math.random() * ceiling) / 2);
}
