/** Keeps an object delivering if its own clock has stopped, by calls that return the time. */
import { CLOCK_STOPPED_MS, PULSE_MS } from "../limits.ts";

/** Detects that an object's clock has stopped: it stays the same while the times of pulses change. */
export class ClockWatch {
  #ownMs = 0;
  #pulseMs = 0;

  hasStopped(ownMs: number, pulseMs: number): boolean {
    if (ownMs !== this.#ownMs || pulseMs < this.#pulseMs) {
      this.#ownMs = ownMs;
      this.#pulseMs = pulseMs;
    }
    return pulseMs - this.#pulseMs >= CLOCK_STOPPED_MS;
  }
}

export interface PulseHooks {
  /** Returns the time after `ms`, independent of the object's clock (`buffer/clock.ts`). */
  readonly after: (ms: number) => Promise<number>;
  /** Whether a batch waits or an insert is in flight. */
  readonly isNeeded: () => boolean;
  readonly beat: (nowMs: number) => void | Promise<void>;
}

export class Pulse {
  readonly #hooks: PulseHooks;
  #beats = false;

  constructor(hooks: PulseHooks) {
    this.#hooks = hooks;
  }

  /** Starts the pulse, which ends when it is not needed any more; no effect while it runs. */
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
