/**
 * Limits the memory that all buffers of an isolate share: for inserts in flight, and for bodies that
 * are being written.
 *
 * An isolate may have several buffers, and each buffer several inserts in flight. 14 inserts of up
 * to 8 MiB used 125 MiB with one shard and 330 MiB with three, and Cloudflare's isolates have 128 MB. A batch
 * without memory stays on disk, and its buffer tries again a moment later. Bodies arrive from any
 * number of isolates, each with a limit per isolate; a body without memory here gets a 503, and its
 * sender retries. Each team has a share, so that the unavailable tables of one team do not delay
 * another team.
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
   * An aborted buffer does not release its leases, so they expire. It may be aborted because the clock was
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

  /** @param reservedBytes returns the part of the total that other work of the isolate needs now. */
  constructor(bounds: MemoryBounds, reservedBytes: (nowMs: number) => number = () => 0) {
    this.#bounds = bounds;
    this.#reservedBytes = reservedBytes;
  }

  /**
   * Take a lease of memory.
   *
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

/** The inserts of this isolate. */
export const insertMemory = new SharedMemory(INSERT_BOUNDS);

/** The bounds for one holder at a time, of any size. */
export const LONG_ENCODING_BOUNDS: MemoryBounds = {
  totalBytes: 1,
  teamBytes: 1,
  leaseMs: 2 * INSERT_TIMEOUT_MS,
};

/**
 * A lock for batches whose rows take much memory to encode (`LONG_ENCODED_CHUNK_BYTES`): an isolate
 * encodes one at a time. New bodies have less memory while one is encoded or waits for memory.
 */
export class LongEncoding {
  readonly #leases = new SharedMemory(LONG_ENCODING_BOUNDS);
  #wantedMs = Number.NEGATIVE_INFINITY;

  /** @param bodiesFit whether the bodies hold so little memory that a batch can be encoded. */
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

/** The lock of this isolate. */
export const longEncoding = new LongEncoding();

/** The bodies that the buffers of this isolate are writing. */
export const appendMemory = new SharedMemory(
  {
    totalBytes: APPEND_MEMORY_BYTES,
    teamBytes: TEAM_APPEND_MEMORY_BYTES,
    leaseMs: BODY_MEMORY_LEASE_MS,
  },
  (nowMs) =>
    longEncoding.isPending(nowMs) ? APPEND_MEMORY_BYTES - APPEND_BYTES_BESIDE_ENCODING : 0,
);
