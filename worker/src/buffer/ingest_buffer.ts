/**
 * IngestBuffer: an outbox in a SQLite Durable Object, one per team and shard.
 *
 * `append` returns when the bodies are on disk; the alarm delivers them. This file creates the parts
 * and receives the calls. Fields of the parts are caches of the storage.
 */
import { DurableObject } from "cloudflare:workers";
import type { ShardLayout } from "../access/shard_layout.ts";
import { free } from "../body/bytes.ts";
import { appendMemory } from "../memory/shared_memory.ts";
import { type InsertFormat, insertFormatFrom } from "../tables/formats.ts";
import { type Statement, statementFor, type Table } from "../tables/index.ts";
import { insertSettingsFrom } from "../tables/insert_settings.ts";
import type { Sums } from "../telemetry/counters.ts";
import { reportBug, reportDeadLetter, reportFailure } from "../telemetry/reports.ts";
import { BufferAdmin } from "./admin.ts";
import { Appender } from "./appender.ts";
import { Batches } from "./batches.ts";
import { BufferCounters } from "./buffer_counters.ts";
import { DeadLetters } from "./dead_letters.ts";
import { Deliverer } from "./deliver.ts";
import { DeliveryLoop } from "./delivery_loop.ts";
import { BufferDepth } from "./depth.ts";
import { GroupCommit } from "./group_commit.ts";
import type { BufferHooks } from "./hooks.ts";
import { teamOf } from "./names.ts";
import { NewestLayout } from "./newest_layout.ts";
import type { Progress } from "./progress.ts";
import { RecentBodies } from "./recent_bodies.ts";
import { RecentRows } from "./recent_rows.ts";
import { Redriver } from "./redrive.ts";
import type { AppendRequest, AppendResult, BufferRpc, LookupResult } from "./rpc.ts";
import { ShardCoordinator } from "./shard_coordination.ts";
import { Store } from "./store.ts";
import { bufferNamed } from "./stubs.ts";

/** Numbers the calls of all buffers of this isolate, for the ids of their memory leases. */
let calls = 0;

export class IngestBuffer extends DurableObject<Env> implements BufferRpc {
  readonly #insertOptions: { readonly format: InsertFormat; readonly settings: Statement };
  readonly #store: Store;
  readonly #layout: NewestLayout;
  readonly #coordinator: ShardCoordinator;
  readonly #recent: RecentBodies;
  readonly #appender: Appender;
  readonly #depth: BufferDepth;
  readonly #counters: BufferCounters;
  readonly #deliverer: Deliverer;
  readonly #admin: BufferAdmin;
  readonly #loop: DeliveryLoop;
  /** Resolves when the layout that was adopted last is on disk. */
  #layoutSynced: Promise<void> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { storage } = ctx;
    const name = ctx.id.name ?? ctx.id.toString();
    this.#insertOptions = {
      format: insertFormatFrom(env.INSERT_FORMAT),
      settings: insertSettingsFrom(env.INSERT_SETTINGS),
    };
    const hooks = this.#hooks(name);
    const store = new Store(storage);
    const letters = new DeadLetters(storage.sql);
    const batches = new Batches(storage.sql, store, letters);
    const layout = new NewestLayout(store);
    const depth = new BufferDepth(store);
    const recent = new RecentBodies(new RecentRows(storage.sql));
    const commit = new GroupCommit(store, recent, hooks);
    const coordinator = new ShardCoordinator(store, batches, layout, hooks);
    const counters = new BufferCounters(store, name, hooks);
    const deliverer = new Deliverer(store, batches, {
      server: serverFrom(env),
      team: teamOf(name),
      bufferId: store.incarnation(),
      coordinator,
      counters,
      hooks,
    });
    const redriver = new Redriver(store, batches, letters, hooks);
    const admin = new BufferAdmin(storage.sql, store, letters, redriver, hooks);
    this.#store = store;
    this.#layout = layout;
    this.#coordinator = coordinator;
    this.#recent = recent;
    this.#appender = new Appender({ store, layout, recent, commit, depth });
    this.#depth = depth;
    this.#counters = counters;
    this.#deliverer = deliverer;
    this.#admin = admin;
    this.#loop = new DeliveryLoop(ctx, env, { store, letters, counters, deliverer, admin, depth });
    if (!depth.isEmpty()) {
      this.#loop.setAlarm(Date.now()); // in case the alarm was lost
    }
  }

  #hooks(name: string): BufferHooks {
    const { ctx, env } = this;
    return {
      // The alarm is in the same write as the chunk, so no crash can separate them.
      onWritten: () => this.#loop.wake(),
      onCommitted: (bodies, ms) => this.#counters.committed(bodies, ms),
      onStored: (storedBytes) => this.#depth.add(storedBytes),
      onFreed: (storedBytes) => this.#depth.add(-storedBytes),
      onInsertFailed: (batch, error) => reportFailure(env, name, batch, error),
      onDeadLettered: (batch, error) => reportDeadLetter(env, name, batch, error),
      onDeadLettersDropped: (letters) => this.#counters.dropped(letters, "operator"),
      sync: () => ctx.storage.sync(),
      deliverNow: () => this.#loop.setAlarm(Date.now()),
      statementFor: (table) => this.#statementFor(table),
      status: () => this.#admin.status(),
      sums: () => this.#counters.sums(),
      insertsInFlight: () => this.#deliverer.insertsInFlight(),
      isPaused: () => this.#admin.isPaused(),
      pause: () => this.#admin.pause(),
      exchangeProgress: (shard) => this.#exchangeProgress(shard),
    };
  }

  #statementFor(table: Table): Statement {
    return statementFor(table, this.#store.database(), this.#insertOptions);
  }

  /** For `/health`: the object runs, and its storage can be read. */
  ping(): boolean {
    return this.#store.incarnation() !== "";
  }

  /** The calls of operators, `buffer/admin.ts`. */
  admin(): BufferAdmin {
    return this.#admin;
  }

  /** Adopts a layout if it is newer. Returns the buffer's newest layout, which is on disk. */
  async exchangeLayout(layout: ShardLayout): Promise<ShardLayout> {
    if (this.#layout.adopt(layout, this.ctx.id.name ?? "", Date.now())) {
      this.#layoutSynced = this.ctx.storage.sync();
    }
    await this.#layoutSynced;
    return this.#layout.layout;
  }

  /** For the team's other shards, `buffer/shard_coordination.ts`. */
  async progress(layout: ShardLayout): Promise<Progress> {
    await this.exchangeLayout(layout);
    return this.#coordinator.progress();
  }

  async #exchangeProgress(shard: string): Promise<Progress> {
    const progress = await bufferNamed(this.env, shard).progress(this.#layout.layout);
    await this.exchangeLayout(progress.layout);
    return progress;
  }

  /**
   * Looks up a body that belongs to another shard under `layout`. If this buffer has no newer layout
   * and no such body, it will never store the body: a later request with it has an older layout.
   */
  async lookUp(layout: ShardLayout, key: string): Promise<LookupResult> {
    const newest = await this.exchangeLayout(layout);
    await this.#appender.untilWritten(key);
    const settled = this.#layout.isSettled(Date.now());
    return { layout: newest, seen: this.#recent.find(key), settled };
  }

  /** Adds the counts of an isolate, `append/request_counts.ts`. */
  count(sums: Sums): void {
    this.#counters.add(sums);
  }

  /** Returns results in the order of the bodies; each body succeeds or fails separately. */
  async append(bodies: readonly AppendRequest[]): Promise<AppendResult[]> {
    const team = teamOf(this.ctx.id.name ?? "");
    const call = `${team}:${calls++}`;
    const bytes = bodies.reduce((total, body) => total + body.bytes.byteLength, 0);
    const results = appendMemory.take(call, team, bytes, Date.now())
      ? await this.#appendAll(bodies).finally(() => appendMemory.release(call))
      : bodies.map((): AppendResult => "failed");
    this.#counters.appended(bodies, results);
    for (const body of bodies) {
      free(body.bytes); // step 4 of `body/read_body.ts`
    }
    return results;
  }

  #appendAll(bodies: readonly AppendRequest[]): Promise<AppendResult[]> {
    return Promise.all(
      bodies.map((body) =>
        this.#appender.append(body).catch((error: unknown): AppendResult => {
          console.error(`append failed: ${String(error)}`);
          reportBug(this.env, error, "append");
          return "failed";
        }),
      ),
    );
  }

  override async alarm(): Promise<void> {
    await this.#loop.run();
  }
}

function serverFrom(env: Env): { url: string; user: string; password: string } {
  return {
    url: env.CLICKHOUSE_URL,
    user: env.CLICKHOUSE_USER,
    password: env.CLICKHOUSE_PASSWORD,
  };
}
