/**
 * Memory that all buffers of an isolate share: of inserts in flight, and of bodies being written.
 *
 * Each buffer may have several inserts in flight, and an isolate several buffers: 14 inserts of up
 * to 8 MiB were 125 MiB with one shard and 330 MiB with three, where Cloudflare's isolates have 128
 * MB. A batch without memory stays on disk, and its buffer tries again a moment later. Bodies come
 * from any number of isolates, each with its own limit; a body without memory here is a 503, and
 * its sender retries. Each team has a share, so that one team's unavailable tables do not delay
 * another's.
 */
import {
  APPEND_MEMORY_BYTES,
  BODY_MEMORY_LEASE_MS,
  INSERT_MEMORY_BYTES,
  INSERT_TIMEOUT_MS,
  TEAM_APPEND_MEMORY_BYTES,
  TEAM_INSERT_MEMORY_BYTES,
} from "../limits.ts";

export interface MemoryBounds {
  readonly totalBytes: number;
  readonly teamBytes: number;
  /**
   * An aborted buffer releases nothing, so leases expire. It may be aborted because the clock was
   * set back, so a lease from the future expires like an old one.
   */
  readonly leaseMs: number;
}

interface Lease {
  readonly team: string;
  readonly bytes: number;
  readonly takenMs: number;
}

export class SharedMemory {
  readonly #bounds: MemoryBounds;
  readonly #leases = new Map<string, Lease>();

  constructor(bounds: MemoryBounds) {
    this.#bounds = bounds;
  }

  /**
   * @param id of the lease, unique in the isolate.
   * @returns false if there is no memory now. A lease larger than the share runs alone.
   */
  take(id: string, team: string, bytes: number, nowMs: number): boolean {
    this.#dropLapsed(nowMs);
    const { totalBytes, teamBytes } = this.#bounds;
    const leases = [...this.#leases.values()];
    const all = heldBytes(leases);
    const ofTeam = heldBytes(leases.filter((lease) => lease.team === team));
    const hasTeam = ofTeam === 0 || ofTeam + bytes <= teamBytes;
    const hasAll = all === 0 || all + bytes <= totalBytes;
    if (!hasTeam || !hasAll) {
      return false;
    }
    this.#leases.set(id, { team, bytes, takenMs: nowMs });
    return true;
  }

  release(id: string): void {
    this.#leases.delete(id);
  }

  #dropLapsed(nowMs: number): void {
    for (const [id, { takenMs }] of this.#leases) {
      if (Math.abs(nowMs - takenMs) > this.#bounds.leaseMs) {
        this.#leases.delete(id);
      }
    }
  }
}

function heldBytes(leases: readonly Lease[]): number {
  return leases.reduce((total, { bytes }) => total + bytes, 0);
}

export const INSERT_BOUNDS: MemoryBounds = {
  totalBytes: INSERT_MEMORY_BYTES,
  teamBytes: TEAM_INSERT_MEMORY_BYTES,
  leaseMs: 2 * INSERT_TIMEOUT_MS,
};

/** Of this isolate. */
export const insertMemory = new SharedMemory(INSERT_BOUNDS);

/** Of this isolate. */
export const appendMemory = new SharedMemory({
  totalBytes: APPEND_MEMORY_BYTES,
  teamBytes: TEAM_APPEND_MEMORY_BYTES,
  leaseMs: BODY_MEMORY_LEASE_MS,
});

/** One lease at a time, of any size. */
export const LONG_ENCODING_BOUNDS: MemoryBounds = {
  totalBytes: 1,
  teamBytes: 1,
  leaseMs: 2 * INSERT_TIMEOUT_MS,
};

/** For batches whose rows need much memory to encode (`LONG_ENCODED_CHUNK_BYTES`). */
export const longEncoding = new SharedMemory(LONG_ENCODING_BOUNDS);
