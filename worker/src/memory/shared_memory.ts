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
  APPEND_BYTES_BESIDE_ENCODING,
  APPEND_MEMORY_BYTES,
  BODY_MEMORY_LEASE_MS,
  INSERT_MEMORY_BYTES,
  INSERT_TIMEOUT_MS,
  LONG_ENCODING_WANTED_MS,
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
  readonly #reservedBytes: (nowMs: number) => number;
  readonly #leases = new Map<string, Lease>();

  /** @param reservedBytes of the total, what other work of the isolate needs now. */
  constructor(bounds: MemoryBounds, reservedBytes: (nowMs: number) => number = () => 0) {
    this.#bounds = bounds;
    this.#reservedBytes = reservedBytes;
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
    const hasAll = all === 0 || all + bytes <= totalBytes - this.#reservedBytes(nowMs);
    if (!hasTeam || !hasAll) {
      return false;
    }
    this.#leases.set(id, { team, bytes, takenMs: nowMs });
    return true;
  }

  release(id: string): void {
    this.#leases.delete(id);
  }

  heldBytes(nowMs: number): number {
    this.#dropLapsed(nowMs);
    return heldBytes([...this.#leases.values()]);
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

/** Of one holder, whatever it takes. */
export const LONG_ENCODING_BOUNDS: MemoryBounds = {
  totalBytes: 1,
  teamBytes: 1,
  leaseMs: 2 * INSERT_TIMEOUT_MS,
};

/**
 * For batches whose rows take much memory to encode, `LONG_ENCODED_CHUNK_BYTES`: one at a time in an
 * isolate. Bodies have less memory meanwhile, and while one waits for bodies to release theirs.
 */
export class LongEncoding {
  readonly #leases = new SharedMemory(LONG_ENCODING_BOUNDS);
  #wantedMs = Number.NEGATIVE_INFINITY;

  /** @param bodiesFit whether bodies hold no more than they may beside it. */
  take(id: string, team: string, nowMs: number, bodiesFit: boolean): boolean {
    if (!bodiesFit) {
      this.#wantedMs = nowMs;
      return false;
    }
    return this.#leases.take(id, team, 1, nowMs);
  }

  release(id: string): void {
    this.#leases.release(id);
  }

  isPending(nowMs: number): boolean {
    const isWanted = Math.abs(nowMs - this.#wantedMs) < LONG_ENCODING_WANTED_MS;
    return isWanted || this.#leases.heldBytes(nowMs) > 0;
  }
}

/** Of this isolate. */
export const longEncoding = new LongEncoding();

/** Of this isolate. */
export const appendMemory = new SharedMemory(
  {
    totalBytes: APPEND_MEMORY_BYTES,
    teamBytes: TEAM_APPEND_MEMORY_BYTES,
    leaseMs: BODY_MEMORY_LEASE_MS,
  },
  (nowMs) =>
    longEncoding.isPending(nowMs) ? APPEND_MEMORY_BYTES - APPEND_BYTES_BESIDE_ENCODING : 0,
);
