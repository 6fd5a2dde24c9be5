/**
 * Time that no object's history bends.
 *
 * The runtime never lets an object's clock go back. Once the machine's is set back by an hour, the
 * object is shown one moment for an hour; its timers and timeouts, and the alarms that it sets, come
 * an hour late. A call of an entrypoint has a clock as young as the call.
 */
import { WorkerEntrypoint } from "cloudflare:workers";
import { PULSE_MS, REVIVAL_CALLS } from "./limits.ts";

/** Reached as `ctx.exports.Clock`. */
export class Clock extends WorkerEntrypoint<Env> {
  /** Returns the time when `ms` have passed. */
  async after(ms: number): Promise<number> {
    await scheduler.wait(ms);
    return Date.now();
  }

  /** Calls a buffer that is about to end, so that it begins again. */
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
        await buffer.answers();
        return;
      } catch (error) {
        console.warn(`buffer ${name ?? id} has not begun again: ${String(error)}`);
      }
    }
  }
}
