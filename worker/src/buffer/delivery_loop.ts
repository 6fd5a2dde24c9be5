/**
 * Runs the delivery of a buffer in its alarm: when the alarm is set, and what each run does.
 *
 * An object has one alarm. Inserts start and end while the alarm runs. Otherwise the alarm is set to
 * the next time at which a batch can be sealed, sent or retried.
 */
import { ALARM_RUN_MS, ALARM_SAFETY_MS, ALARM_STEP_MS } from "../limits.ts";
import { reportBug } from "../telemetry/reports.ts";
import type { BufferAdmin } from "./admin.ts";
import type { BufferCounters } from "./buffer_counters.ts";
import type { DeadLetters } from "./dead_letters.ts";
import type { Deliverer } from "./deliver.ts";
import type { BufferDepth } from "./depth.ts";
import { ClockWatch, Pulse } from "./pulse.ts";
import type { Store } from "./store.ts";

/** The parts of a buffer that a run of its alarm uses. */
export interface LoopParts {
  readonly store: Store;
  readonly letters: DeadLetters;
  readonly counters: BufferCounters;
  readonly deliverer: Deliverer;
  readonly admin: BufferAdmin;
  readonly depth: BufferDepth;
}

export class DeliveryLoop {
  readonly #ctx: DurableObjectState;
  readonly #env: Env;
  readonly #parts: LoopParts;
  readonly #clock = new ClockWatch();
  readonly #pulse = new Pulse({
    after: (ms) => this.#ctx.exports.Clock.after(ms),
    isNeeded: () => this.#isRunning || this.#dueMs(Date.now()) !== null,
    beat: (nowMs) => this.#beat(nowMs),
  });
  #alarmAtMs: number | null = null;
  #isRunning = false;
  /** Lets a running alarm look for due batches before its next time. */
  #wakeRun: () => void = () => {};

  constructor(ctx: DurableObjectState, env: Env, parts: LoopParts) {
    this.#ctx = ctx;
    this.#env = env;
    this.#parts = parts;
  }

  // --- when -----------------------------------------------------------------------------------

  /** Call after each write. Sets the alarm, or wakes the running one, if work is due sooner. */
  wake(): void {
    void this.#pulse.start();
    const nowMs = Date.now();
    const dueMs = this.#dueMs(nowMs); // null during a pause; resuming sets the alarm
    if (dueMs === null || !isSooner(dueMs, this.#alarmAtMs, nowMs)) {
      return;
    }
    if (this.#isRunning) {
      this.#wakeRun();
    } else {
      this.setAlarm(dueMs);
    }
  }

  setAlarm(atMs: number): void {
    void this.#pulse.start();
    this.#alarmAtMs = atMs;
    this.#ctx.waitUntil(this.#ctx.storage.setAlarm(atMs));
  }

  #dueMs(nowMs: number): number | null {
    const { admin, deliverer } = this.#parts;
    return admin.isPaused() ? null : deliverer.nextDueMs(nowMs);
  }

  /** Makes delivery independent of this object's clock, and of late or lost alarms. */
  async #beat(nowMs: number): Promise<void> {
    if (this.#clock.hasStopped(Date.now(), nowMs)) {
      // All timers and alarms of this object are late until its clock catches up. A new object has
      // the correct time.
      console.warn("the clock was set back: this object ends and is started again");
      await this.#ctx.exports.Clock.revive(this.#ctx.id.toString(), this.#ctx.id.name);
      this.#ctx.abort("the clock was set back");
    }
    const dueMs = this.#dueMs(nowMs);
    if (!this.#isRunning && dueMs !== null && dueMs <= nowMs) {
      this.setAlarm(Date.now());
    }
  }

  // --- a run ----------------------------------------------------------------------------------

  /** Delivers until nothing is due, and sets the next alarm. */
  async run(): Promise<void> {
    this.#isRunning = true;
    void this.#pulse.start();
    let notBeforeMs = 0;
    this.#parts.deliverer.renewCpu();
    try {
      // If the object crashes during the run, this alarm starts it again.
      await this.#ctx.storage.setAlarm(Date.now() + ALARM_SAFETY_MS);
      await this.#deliverUntilIdle(Date.now() + ALARM_RUN_MS);
    } catch (error) {
      // After a few exceptions the runtime stops calling an alarm, so this method never throws.
      console.error(`delivery failed: ${String(error)}`);
      this.#parts.letters.dropCachedCounts();
      reportBug(this.#env, error, "delivery");
      notBeforeMs = Date.now() + ALARM_SAFETY_MS;
    } finally {
      this.#isRunning = false;
      await this.#setNextAlarm(notBeforeMs);
    }
  }

  async #deliverUntilIdle(untilMs: number): Promise<void> {
    const running = new Set<Promise<void>>();
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        this.#wakeRun = resolve;
      });
      const mayStart = this.#mayStart(untilMs);
      if (mayStart) {
        for (const started of await this.#startDue()) {
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

  #mayStart(untilMs: number): boolean {
    const { admin, deliverer } = this.#parts;
    return Date.now() < untilMs && !admin.isPaused() && !deliverer.hasSpentCpu();
  }

  async #startDue(): Promise<Promise<void>[]> {
    const { counters, deliverer } = this.#parts;
    this.#expireLetters(Date.now());
    counters.saveAndReportIfDue(Date.now());
    return await deliverer.start(Date.now());
  }

  /** Resolves at the next due time, which `wake` reads, or with the first of `others`. */
  async #untilDue(mayStart: boolean, others: readonly Promise<void>[]): Promise<void> {
    const nowMs = Date.now();
    this.#alarmAtMs = mayStart ? this.#parts.deliverer.nextDueMs(nowMs) : null;
    const over = new AbortController();
    const { signal } = over;
    const timers =
      this.#alarmAtMs === null ? [] : [scheduler.wait(this.#alarmAtMs - nowMs, { signal })];
    await Promise.race([...others, ...timers]);
    over.abort();
  }

  /** Deletes and counts dead letters beyond their limits. */
  #expireLetters(nowMs: number): void {
    const { store, letters, counters } = this.#parts;
    if (letters.expiryOf(nowMs) === null) {
      return;
    }
    try {
      for (const { letter, reason } of store.transaction(() => letters.expire(nowMs))) {
        counters.dropped([letter], reason);
      }
    } catch (error) {
      // A full disk must not block the delivery that would free space.
      letters.dropCachedCounts();
      console.error(`dead letters: ${String(error)}`);
    }
  }

  async #setNextAlarm(notBeforeMs: number): Promise<void> {
    const { admin, counters, deliverer, depth, letters } = this.#parts;
    depth.updateOldest();
    const nowMs = Date.now();
    const due = [deliverer.nextDueMs(nowMs), counters.saveAtRunEnd(nowMs), letters.expiresAtMs()];
    const dueMs = admin.isPaused() ? null : earliest(due);
    this.#alarmAtMs = dueMs === null ? null : Math.max(dueMs, notBeforeMs);
    if (this.#alarmAtMs === null) {
      await this.#ctx.storage.deleteAlarm();
    } else {
      await this.#ctx.storage.setAlarm(this.#alarmAtMs);
    }
  }
}

/** An alarm that is only a little late is not worth a write, unless delivery is due now. */
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
