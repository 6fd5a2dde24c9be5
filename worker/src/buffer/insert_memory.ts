/**
 * The memory of inserts in flight, for all buffers that share an isolate.
 *
 * Each buffer may have several inserts in flight, and an isolate several buffers: 14 inserts of up to
 * 8 MiB were 125 MiB with one shard and 330 MiB with three, where Cloudflare's isolates have 128 MB.
 * A batch that finds no memory stays on disk, and its buffer tries again a moment later. A team has a
 * share: tables of one team that do not respond must not hold up the deliveries of another.
 */
import { INSERT_MEMORY_BYTES, INSERT_TIMEOUT_MS, TEAM_INSERT_MEMORY_BYTES } from "../limits.ts";

interface Lease {
  readonly team: string;
  readonly bytes: number;
  /** A buffer that is aborted releases nothing; its inserts end all the same. */
  readonly untilMs: number;
}

export class InsertMemory {
  readonly #leases = new Map<string, Lease>();

  /**
   * @param id of the insert, among all of the isolate.
   * @returns false if there is no memory now. An insert larger than a share gets in alone.
   */
  take(id: string, team: string, bytes: number, nowMs: number): boolean {
    this.#dropLapsed(nowMs);
    const leases = [...this.#leases.values()];
    const all = heldBytes(leases);
    const ofTeam = heldBytes(leases.filter((lease) => lease.team === team));
    const hasTeam = ofTeam === 0 || ofTeam + bytes <= TEAM_INSERT_MEMORY_BYTES;
    const hasAll = all === 0 || all + bytes <= INSERT_MEMORY_BYTES;
    if (!hasTeam || !hasAll) {
      return false;
    }
    this.#leases.set(id, { team, bytes, untilMs: nowMs + 2 * INSERT_TIMEOUT_MS });
    return true;
  }

  release(id: string): void {
    this.#leases.delete(id);
  }

  #dropLapsed(nowMs: number): void {
    for (const [id, { untilMs }] of this.#leases) {
      if (nowMs > untilMs) {
        this.#leases.delete(id);
      }
    }
  }
}

function heldBytes(leases: readonly Lease[]): number {
  return leases.reduce((total, { bytes }) => total + bytes, 0);
}

/** Of this isolate. */
export const insertMemory = new InsertMemory();
