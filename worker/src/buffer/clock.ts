/**
 * The current time, independent of an object's own clock.
 *
 * The runtime never lets an object's clock go back. When the machine's clock is set back by an
 * hour, the object's clock stops for an hour, and its timers, timeouts and alarms are an hour late.
 * A call of an entrypoint reads the machine's clock when it starts.
 */
import { WorkerEntrypoint } from "cloudflare:workers";
import { PULSE_MS, REVIVAL_CALLS } from "../limits.ts";

/** Reached as `ctx.exports.Clock`. */
export class Clock extends WorkerEntrypoint<Env> {
  /** Waits `ms` and returns the time. */
  async after(ms: number): Promise<number> {
    await scheduler.wait(ms);
    return Date.now();
  }

  /** Calls a buffer that is about to end, so that it starts again. */
  revive(id: string, name: string | undefined): void {
    this.ctx.waitUntil(this.#reach(id, name));
  }

  async #reach(id: string, name: string | undefined): Promise<void> {
    const buffers = this.env.BUFFER;
    for (let call = 1; call <= REVIVAL_CALLS; call++) {
      await scheduler.wait(PULSE_MS);
      try {
        const buffer =
          name === undefined ? buffers.get(buffers.idFromString(id)) : buffers.getByName(name);
        await buffer.ping();
        return;
      } catch (error) {
        console.warn(`buffer ${name ?? id} has not started again: ${String(error)}`);
      }
    }
  }
}
