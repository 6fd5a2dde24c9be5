/**
 * The outbox: seal a batch, insert it under its token, delete it. `worker/README.md` proves why a
 * crash at any arrow leaves every row in ClickHouse once.
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
  /** Start of every token; never the same for two storages. */
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
  /** The body that is being prepared last. */
  #preparing: Promise<unknown> = Promise.resolve();
  #encodedBytes = 0;
  /** Goes into the schemas of batches sealed from now on; empty as long as all is well. */
  #schemaNote = "";

  constructor(store: Store, batches: Batches, options: DeliverOptions) {
    this.#store = store;
    this.#batches = batches;
    this.#options = options;
    this.#sealer = new Sealer(store, batches, (table) =>
      withSchemaNote(options.hooks.statementFor(table), this.#schemaNote),
    );
  }

  /** Seals what is ready, starts what is due; returns the inserts it started. */
  async start(nowMs: number): Promise<Promise<void>[]> {
    const sealed = this.#sealer.seal(nowMs);
    await this.#options.coordinator.pollOtherShards(this.#firstUnsent());
    const claimed = this.#claimDue(nowMs);
    try {
      if (sealed || claimed.some(({ block }) => block === null)) {
        // On disk before it is sent, so that a retry after a crash sends the same batch.
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

  /** Assigns memory and blocks to batches that are due. */
  #claimDue(nowMs: number): Batch[] {
    const claimed: Batch[] = [];
    const heldBack = new Set<Table>();
    const withoutMemory = new Set<number>();
    for (const batch of this.#batches.open()) {
      if (!this.#isDue(batch, nowMs) || !this.#hasTurn(batch.table)) {
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
      !longEncoding.take(id, team, nowMs, bodiesFitBesideEncoding(nowMs))
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

  /** When there will be something to start; null if nothing comes of waiting alone. */
  nextDueMs(nowMs: number): number | null {
    const unsent = this.#firstUnsent().filter(({ table }) => this.#hasTurn(table));
    const waits = [
      ...this.#batches.open().filter((batch) => batch.block !== null && this.#mayStart(batch)),
      ...unsent.filter((batch) => this.#options.coordinator.maySend(batch)),
    ].map((batch) => {
      const fromMs = nowMs + (this.#withoutMemory.has(batch.number) ? INSERT_MEMORY_POLL_MS : 0);
      return Math.max(fromMs, Math.min(batch.notBeforeMs, nowMs + RETRY_MAX_MS));
    });
    if (unsent.some((batch) => this.#options.coordinator.needsRound(batch))) {
      waits.push(nowMs + BATCH_AGE_MS); // to ask the others again
    }
    const sealMs = this.#sealer.dueMs(nowMs);
    if (sealMs !== null) {
      waits.push(sealMs);
    }
    return waits.length === 0 ? null : Math.min(...waits);
  }

  #mayStart({ number, table }: Batch): boolean {
    return !this.#inFlight.has(number) && this.#hasTurn(table);
  }

  insertsInFlight(): number {
    return this.#inFlight.size;
  }

  #hasTurn(table: Table): boolean {
    if (this.#inFlight.size >= MAX_INSERTS_PER_BUFFER) {
      return false;
    }
    const count = [...this.#inFlight.values()].filter((each) => each === table).length;
    return count < this.#sealer.backpressureOf(table).insertsInFlight();
  }

  /** A clock that was set back must not make a batch wait for the old time to come again. */
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

  /** One batch at a time: encoding uses the CPU, and the memory of a decompressed body. */
  async #bodyOf(batch: Batch): Promise<InsertBody | null> {
    const preparing = this.#preparing.then(() => insertBody(this.#store, this.#batches, batch));
    this.#preparing = preparing.catch(() => undefined);
    const body = await preparing;
    this.#encodedBytes += body?.encodedBytes ?? 0;
    if (body?.bytes instanceof Uint8Array) {
      longEncoding.release(this.#token(batch)); // what is left has its share of `insertMemory`
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
      this.#setAside(batch, outcome.error);
    } else {
      const notBeforeMs = Date.now() + backoffMs(batch.attempts);
      this.#batches.recordAttempt(batch, notBeforeMs, outcome.error);
      console.warn(`batch ${batch.number} waits: ${outcome.error}`);
    }
  }

  /** Batches to come; the one at hand stays as it is. */
  #adapt(batch: Batch, outcome: Outcome): void {
    const pace = this.#sealer.backpressureOf(batch.table);
    if (outcome.verdict === "applied") {
      pace.applied(batch.number);
    } else if (outcome.verdict === "rejected") {
      pace.gone(batch.number);
    } else if (outcome.exhausted === "parts") {
      pace.tooManyParts();
    } else if (outcome.exhausted === "memory") {
      pace.outOfMemory(batch.number, this.#batches.extent(batch).rawBytes);
    }
  }

  /** Halves until the bad body stands alone; only after an answer that says nothing was written. */
  #setAside(batch: Batch, error: string): void {
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
    this.#options.counters.setAside(batch, error, isOneBody);
    console.warn(`batch ${batch.number} ${isOneBody ? "set aside" : "split"}: ${error}`);
  }
}

/**
 * ClickHouse writes a schema into a file when it comes first, and an insert that comes at the same
 * moment may read the file half written. What it read is kept under the text's hash until the
 * server ends, so only another text gets past it. Rows and tokens stay the same.
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

/** One larger than that is held alone, also meanwhile. */
function bodiesFitBesideEncoding(nowMs: number): boolean {
  return (
    appendMemory.heldBytes(nowMs) <= APPEND_BYTES_BESIDE_ENCODING &&
    bodyMemory.heldBytes(nowMs) <= MAX_BODY_BYTES
  );
}

/** Exponential, with half of it left to chance: many buffers must not come back at one moment. */
function backoffMs(attempts: number): number {
  const ceiling = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(attempts, 16));
  return Math.round(ceiling / 2 + (Math.random() * ceiling) / 2);
}
