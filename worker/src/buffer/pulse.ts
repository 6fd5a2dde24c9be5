/** Keeps an object delivering whatever its own clock shows: calls that return with the time. */
import { CLOCK_STANDS_MS, PULSE_MS } from "../limits.ts";

/** Notices that an object's clock stands still: it shows one moment while pulses show others. */
export class ClockWatch {
  #ownMs = 0;
  #pulseMs = 0;

  standsStill(ownMs: number, pulseMs: number): boolean {
    if (ownMs !== this.#ownMs || pulseMs < this.#pulseMs) {
      this.#ownMs = ownMs;
      this.#pulseMs = pulseMs;
    }
    return pulseMs - this.#pulseMs >= CLOCK_STANDS_MS;
  }
}

export interface PulseHooks {
  /** Returns the time when `ms` have passed, whatever the object's clock shows, `clock.ts`. */
  readonly after: (ms: number) => Promise<number>;
  /** Whether something waits or is under way. */
  readonly isNeeded: () => boolean;
  readonly beat: (nowMs: number) => void | Promise<void>;
}

export class Pulse {
  readonly #hooks: PulseHooks;
  #beats = false;

  constructor(hooks: PulseHooks) {
    this.#hooks = hooks;
  }

  /** Beats until it is not needed any more; has no effect while it does. */
  async start(): Promise<void> {
    if (this.#beats) {
      return;
    }
    this.#beats = true;
    try {
      while (this.#hooks.isNeeded()) {
        await this.#hooks.beat(await this.#hooks.after(PULSE_MS));
      }
    } catch (error) {
      console.warn(`no pulse until the next alarm or body: ${String(error)}`);
    } finally {
      this.#beats = false;
    }
  }
}
