/**
 * Room for large bodies: how many bytes of them an isolate has at once is bounded.
 *
 * Each is there several times over (as it came, inflated, on its way into the buffer), and an
 * isolate has 128 MB at Cloudflare. One that finds no room waits unread, where it costs nothing.
 */
import { ROOM_LEASE_MS, ROOM_SHORT_MS } from "./limits.ts";

/** Room that one body has until its request is answered. */
export interface Lease {
  readonly bytes: number;
  readonly sinceMs: number;
}

export class Room {
  readonly #totalBytes: number;
  readonly #leases = new Set<Lease>();
  #lackedAtMs = Number.NEGATIVE_INFINITY;

  constructor(totalBytes: number) {
    this.#totalBytes = totalBytes;
  }

  /** null if there is no room now; a body larger than all of it gets in alone. */
  take(bytes: number, nowMs: number): Lease | null {
    const takenBytes = this.#takenBytes(nowMs);
    if (takenBytes > 0 && takenBytes + bytes > this.#totalBytes) {
      this.#lackedAtMs = nowMs;
      return null;
    }
    const lease = { bytes, sinceMs: nowMs };
    this.#leases.add(lease);
    return lease;
  }

  /** Again is nothing. */
  giveBack(lease: Lease): void {
    this.#leases.delete(lease);
  }

  /** Whether somebody found none a moment ago. */
  isShort(nowMs: number): boolean {
    return nowMs - this.#lackedAtMs < ROOM_SHORT_MS;
  }

  /** The runtime may end a request without another line of it being run; its lease lapses. */
  #takenBytes(nowMs: number): number {
    let takenBytes = 0;
    for (const lease of this.#leases) {
      if (nowMs - lease.sinceMs > ROOM_LEASE_MS) {
        this.#leases.delete(lease);
      } else {
        takenBytes += lease.bytes;
      }
    }
    return takenBytes;
  }
}
