/**
 * Notices that this object's clock stands still.
 *
 * The runtime never lets an object's clock go back: once the machine's is set back by an hour, the
 * object is shown the same moment for an hour, and the alarms and timers that it sets by it come as
 * late. A request's clock is as young as the request, so those that call tell what theirs says.
 */
import { CLOCK_STANDS_MS } from "../limits.ts";

export class ClockWatch {
  #ownMs = 0;
  #callerMs = 0;

  /** Whether callers' clocks went on so long while this one did not; a new object's is right. */
  standsStill(ownMs: number, callerMs: number): boolean {
    if (ownMs !== this.#ownMs || callerMs < this.#callerMs) {
      this.#ownMs = ownMs;
      this.#callerMs = callerMs;
    }
    return callerMs - this.#callerMs >= CLOCK_STANDS_MS;
  }
}
