/**
 * IngestBuffer: an outbox in a SQLite Durable Object, one per team and shard.
 *
 * `append` answers when the body is on disk; the alarm delivers. Fields are caches of the storage.
 */
import { DurableObject } from "cloudflare:workers";
import { type Exceeded, RateLimits } from "../access/rate.ts";
import { ONE_SHARD, type ShardLayout } from "../access/shard_layout.ts";
import { free } from "../body/bytes.ts";
import {
  ALARM_RUN_MS,
  ALARM_SAFETY_MS,
  ALARM_STEP_MS,
  BUFFER_MAX_AGE_MS,
  BUFFER_MAX_BYTES,
  PUBLIC_BUFFER_SHARE,
  RATE_BURST_SECONDS,
} from "../limits.ts";
import { appendMemory } from "../memory/shared_memory.ts";
import { insertFormatFrom } from "../tables/formats.ts";
import {
  ALL_TABLES,
  type Statement,
  statementFor,
  streamFor,
  type Table,
} from "../tables/index.ts";
import { insertSettingsFrom } from "../tables/insert_settings.ts";
import type { Sums } from "../telemetry/counters.ts";
import { reportBug, reportDeadLetter, reportFailure } from "../telemetry/reports.ts";
import { BufferAdmin } from "./admin.ts";
import { Batches } from "./batches.ts";
import { BufferCounters } from "./buffer_counters.ts";
import { DeadLetters } from "./dead_letters.ts";
import { Deliverer } from "./deliver.ts";
import { type Body, GroupCommit } from "./group_commit.ts";
import { teamOf } from "./names.ts";
import { NewestLayout } from "./newest_layout.ts";
import { ClockWatch, Pulse } from "./pulse.ts";
import { RecentBodies, type Seen } from "./recent_bodies.ts";
import { Redriver } from "./redrive.ts";
import type { AppendRequest, AppendResult, BufferRpc, LookupResult } from "./rpc.ts";
import { type Progress, ShardCoordinator } from "./shard_coordination.ts";
import { type Depth, Store } from "./store.ts";
import { bufferNamed } from "./stubs.ts";

/** A body that is being written, and the response to its repeats. */
interface Writing extends Seen {
  readonly written: Promise<void>;
}

/** Distinguishes the buffers of this isolate. */
let calls = 0;

export class IngestBuffer extends DurableObject<Env> implements BufferRpc {
  readonly #store: Store;
  readonly #layout: NewestLayout;
  readonly #coordinator: ShardCoordinator;
  readonly #letters: DeadLetters;
  readonly #recent: RecentBodies;
  readonly #commit: GroupCommit;
  readonly #deliverer: Deliverer;
  readonly #admin: BufferAdmin;
  readonly #clock = new ClockWatch();
  readonly #pulse = new Pulse({
    after: (ms) => this.ctx.exports.Clock.after(ms),
    isNeeded: () => this.#delivering || this.#dueMs(Date.now()) !== null,
    beat: (nowMs) => this.#beat(nowMs),
  });
  readonly #counters: BufferCounters;
  /** Bodies being written now, so that the same one arriving meanwhile waits for that write. */
  readonly #writing = new Map<string, Writing>();
  readonly #rates = new RateLimits(RATE_BURST_SECONDS);
  /** The last write of a layout. */
  #layoutSynced: Promise<void> = Promise.resolve();
  #depth: Depth;
  #alarmAtMs: number | null = null;
  #delivering = false;
  #wakeDelivery: () => void = () => {};

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const sync = (): Promise<void> => ctx.storage.sync();
    this.#store = new Store(ctx.storage);
    this.#letters = new DeadLetters(ctx.storage.sql);
    const batches = new Batches(ctx.storage.sql, this.#store, this.#letters);
    this.#layout = new NewestLayout(this.#store);
    this.#coordinator = new ShardCoordinator(this.#store, batches, this.#layout, {
      ask: (name) => this.#progressOf(name),
      isPaused: () => this.#admin.isPaused(),
      pause: () => this.#admin.pause(),
    });
    this.#recent = new RecentBodies(this.#store);
    const deployment = {
      format: insertFormatFrom(env.INSERT_FORMAT),
      settings: insertSettingsFrom(env.INSERT_SETTINGS),
    };
    const statement = (table: Table): Statement =>
      statementFor(table, this.#store.database(), deployment);
    const buffer = ctx.id.name ?? ctx.id.toString();
    this.#counters = new BufferCounters(this.#store, buffer, {
      status: () => this.#admin.status(),
      grew: (storedBytes) => this.#addStoredBytes(storedBytes),
      failed: (batch, error) => reportFailure(env, buffer, batch, error),
      buried: (batch, error) => reportDeadLetter(env, buffer, batch, error),
    });
    this.#commit = new GroupCommit(this.#store, this.#recent, {
      sync,
      // The alarm is in the same write as the chunk: no crash can part them.
      written: () => this.#wake(),
      committed: (bodies, ms) => this.#counters.committed(bodies, ms),
    });
    this.#depth = this.#store.depth();
    this.#deliverer = new Deliverer(this.#store, batches, {
      server: {
        url: env.CLICKHOUSE_URL,
        user: env.CLICKHOUSE_USER,
        password: env.CLICKHOUSE_PASSWORD,
      },
      statementFor: statement,
      team: teamOf(buffer),
      bufferId: this.#store.incarnation(),
      sync,
      coordinator: this.#coordinator,
      freed: (storedBytes) => this.#addStoredBytes(-storedBytes),
      counters: this.#counters,
    });
    const wake = (): void => this.#setAlarm(Date.now());
    const redriver = new Redriver(this.#store, batches, this.#letters, {
      statementFor: statement,
      grew: (storedBytes) => this.#addStoredBytes(storedBytes),
      dropped: (letters) => {
        this.#counters.dropped(letters, "operator");
        wake();
      },
      wake,
    });
    this.#admin = new BufferAdmin(ctx.storage.sql, this.#store, this.#letters, redriver, {
      insertsInFlight: () => this.#deliverer.insertsInFlight(),
      sums: () => this.#counters.sums(),
      wake,
    });
    if (this.#depth.oldestMs !== null) {
      // Should the alarm be lost all the same, whatever wakes the object sets it again.
      this.#setAlarm(Date.now());
    }
  }

  /** For `/health`: this object and its storage are there. */
  ping(): boolean {
    return this.#store.incarnation() !== "";
  }

  /** What an operator sees and does, `buffer/admin.ts`. */
  admin(): BufferAdmin {
    return this.#admin;
  }

  /** Learns of a layout; answers with the newest that it knows, which is on disk. */
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

  async #progressOf(name: string): Promise<Progress> {
    const progress = await bufferNamed(this.env, name).progress(this.#layout.layout);
    await this.exchangeLayout(progress.layout);
    return progress;
  }

  /**
   * Whether a body is here that goes elsewhere under `layout`. If this knows no newer layout and it
   * is not, it never will be: whoever sends it here later knows an older one.
   */
  async lookUp(layout: ShardLayout, key: string): Promise<LookupResult> {
    const newest = await this.exchangeLayout(layout);
    await this.#writing.get(key)?.written;
    const settled = this.#layout.isSettled(Date.now());
    return { layout: newest, seen: this.#recent.find(key), settled };
  }

  /** Takes what an isolate has counted, `append/request_counts.ts`. */
  count(sums: Sums): void {
    this.#counters.add(sums);
  }

  /** Returns results in the order of the bodies; each body succeeds or fails separately. */
  async append(bodies: readonly AppendRequest[]): Promise<AppendResult[]> {
    const team = teamOf(this.ctx.id.name ?? "");
    const call = `${team}:${calls++}`;
    const bytes = bodies.reduce((total, body) => total + body.bytes.byteLength, 0);
    const answers = appendMemory.take(call, team, bytes, Date.now())
      ? await this.#appendAll(bodies).finally(() => appendMemory.release(call))
      : bodies.map((): AppendResult => "failed");
    this.#counters.appended(bodies, answers);
    for (const body of bodies) {
      free(body.bytes);
    }
    return answers;
  }

  #appendAll(bodies: readonly AppendRequest[]): Promise<AppendResult[]> {
    return Promise.all(
      bodies.map((body) =>
        this.#appendOne(body).catch((error: unknown): AppendResult => {
          console.error(`append failed: ${String(error)}`);
          reportBug(this.env, error, "append");
          return "failed";
        }),
      ),
    );
  }

  async #appendOne(request: AppendRequest): Promise<AppendResult> {
    const { key } = request;
    const recent = key === null ? null : this.#recent.find(key);
    if (recent !== null) {
      return recent;
    }
    const sameBody = key === null ? undefined : this.#writing.get(key);
    if (sameBody !== undefined) {
      await sameBody.written;
      return { seen: sameBody.seen };
    }
    if ((request.layout ?? ONE_SHARD.number) !== this.#layout.number) {
      // Those scripts would take "moved" for a yes.
      return request.layout === undefined ? "failed" : "moved";
    }
    if (request.rows === 0) {
      return "unseen";
    }
    const limited = this.#exceededRate(request);
    if (limited !== null) {
      return { limited };
    }
    if (this.#isFull(Date.now(), request.isPublic === true)) {
      return "full";
    }
    this.#store.rememberDatabase(request.database);
    const { kind, encoding, repeatedBytes = 0, tables = ALL_TABLES } = request;
    const { bytes, rawBytes, rows, days, partialSuccess = null } = request;
    const stream = streamFor(kind, encoding);
    const sizes = { rawBytes, rows, repeatedBytes };
    await this.#write({ stream, bytes, ...sizes, tables, days, key, partialSuccess });
    return "stored";
  }

  #exceededRate({ rates, rows }: AppendRequest): Exceeded | null {
    return rates === undefined ? null : this.#rates.take(rates, rows, Date.now());
  }

  async #write(body: Body): Promise<void> {
    const written = this.#commit.enqueue(body);
    this.#addStoredBytes(body.bytes.byteLength);
    if (body.key !== null) {
      this.#writing.set(body.key, { written, seen: body.partialSuccess });
    }
    try {
      await written;
    } catch (error) {
      this.#addStoredBytes(-body.bytes.byteLength);
      throw error;
    } finally {
      if (body.key !== null) {
        this.#writing.delete(body.key);
      }
    }
  }

  #addStoredBytes(bytes: number): void {
    this.#depth = { ...this.#depth, storedBytes: this.#depth.storedBytes + bytes };
  }

  #isFull(nowMs: number, isPublic: boolean): boolean {
    const { storedBytes, oldestMs } = this.#depth;
    const isOld = oldestMs !== null && nowMs - oldestMs > BUFFER_MAX_AGE_MS;
    return storedBytes >= BUFFER_MAX_BYTES * (isPublic ? PUBLIC_BUFFER_SHARE : 1) || isOld;
  }

  // --- delivery -------------------------------------------------------------------------------

  /** Something was stored: sees to it that it is sealed in time. */
  #wake(): void {
    void this.#pulse.start();
    const nowMs = Date.now();
    const dueMs = this.#dueMs(nowMs); // None in a pause: resuming sets the alarm.
    if (dueMs === null || !isSooner(dueMs, this.#alarmAtMs, nowMs)) {
      return;
    }
    if (this.#delivering) {
      this.#wakeDelivery();
    } else {
      this.#setAlarm(dueMs);
    }
  }

  #dueMs(nowMs: number): number | null {
    return this.#admin.isPaused() ? null : this.#deliverer.nextDueMs(nowMs);
  }

  /** Makes delivery independent of this object's clock, and of late or lost alarms. */
  async #beat(nowMs: number): Promise<void> {
    if (this.#clock.hasStopped(Date.now(), nowMs)) {
      // All timers and alarms of this object are late until its clock catches up. A new object has
      // the correct time.
      console.warn("the clock was set back: this object ends and is started again");
      await this.ctx.exports.Clock.revive(this.ctx.id.toString(), this.ctx.id.name);
      this.ctx.abort("the clock was set back");
    }
    const dueMs = this.#dueMs(nowMs);
    if (!this.#delivering && dueMs !== null && dueMs <= nowMs) {
      this.#setAlarm(Date.now());
    }
  }

  #setAlarm(atMs: number): void {
    void this.#pulse.start();
    this.#alarmAtMs = atMs;
    this.ctx.waitUntil(this.ctx.storage.setAlarm(atMs));
  }

  override async alarm(): Promise<void> {
    this.#delivering = true;
    void this.#pulse.start();
    let notBeforeMs = 0;
    this.#deliverer.renewCpu();
    try {
      // If the object dies in here, this alarm is what brings it back.
      await this.ctx.storage.setAlarm(Date.now() + ALARM_SAFETY_MS);
      await this.#deliverUntilIdle(Date.now() + ALARM_RUN_MS);
    } catch (error) {
      // An alarm that throws is given up after a few times; one that is set again is not.
      console.error(`delivery failed: ${String(error)}`);
      this.#letters.dropCachedCounts();
      reportBug(this.env, error, "delivery");
      notBeforeMs = Date.now() + ALARM_SAFETY_MS;
    } finally {
      this.#delivering = false;
      await this.#setNextAlarm(notBeforeMs);
    }
  }

  async #deliverUntilIdle(untilMs: number): Promise<void> {
    const running = new Set<Promise<void>>();
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        this.#wakeDelivery = resolve;
      });
      const mayStart =
        Date.now() < untilMs && !this.#admin.isPaused() && !this.#deliverer.hasSpentCpu();
      if (mayStart) {
        this.#expireLetters(Date.now());
        this.#counters.tick(Date.now());
        for (const started of await this.#deliverer.start(Date.now())) {
          const tracked: Promise<void> = started.finally(() => running.delete(tracked));
          running.add(tracked);
        }
      }
      if (running.size === 0) {
        return;
      }
      await this.#untilDue(mayStart, [...running, woken]);
    }
  }

  /** Or until one of the others; while the alarm runs, this is its next time. */
  async #untilDue(mayStart: boolean, others: readonly Promise<void>[]): Promise<void> {
    const nowMs = Date.now();
    this.#alarmAtMs = mayStart ? this.#deliverer.nextDueMs(nowMs) : null;
    const over = new AbortController();
    const { signal } = over;
    const timers =
      this.#alarmAtMs === null ? [] : [scheduler.wait(this.#alarmAtMs - nowMs, { signal })];
    await Promise.race([...others, ...timers]);
    over.abort();
  }

  /** Deletes dead letters beyond their limits, and counts each. */
  #expireLetters(nowMs: number): void {
    if (this.#letters.expiryOf(nowMs) === null) {
      return;
    }
    try {
      for (const { letter, reason } of this.#store.transaction(() => this.#letters.expire(nowMs))) {
        this.#counters.dropped([letter], reason);
      }
    } catch (error) {
      // A full disk must not block the delivery that would free space.
      this.#letters.dropCachedCounts();
      console.error(`dead letters: ${String(error)}`);
    }
  }

  async #setNextAlarm(notBeforeMs: number): Promise<void> {
    this.#depth = { ...this.#depth, oldestMs: this.#store.oldestMs() };
    const nowMs = Date.now();
    const due = [
      this.#deliverer.nextDueMs(nowMs),
      this.#counters.rest(nowMs),
      this.#letters.expiresAtMs(),
    ];
    const dueMs = this.#admin.isPaused() ? null : earliest(due);
    this.#alarmAtMs = dueMs === null ? null : Math.max(dueMs, notBeforeMs);
    if (this.#alarmAtMs === null) {
      await this.ctx.storage.deleteAlarm();
    } else {
      await this.ctx.storage.setAlarm(this.#alarmAtMs);
    }
  }
}

/** A little sooner is not worth a write, unless it is now. */
function isSooner(dueMs: number, alarmAtMs: number | null, nowMs: number): boolean {
  if (alarmAtMs === null) {
    return true;
  }
  return dueMs <= nowMs ? alarmAtMs > nowMs : dueMs + ALARM_STEP_MS < alarmAtMs;
}

function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}
