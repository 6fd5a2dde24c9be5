/**
 * The memory of large bodies: how many bytes of them an isolate holds at once is bounded.
 *
 * An isolate has 128 MB at Cloudflare, and a body is there several times over: as it came, decoded,
 * on its way into the buffer. Counted is what was allocated, and that follows what has arrived. A
 * team has a share, so that no team's senders can keep out another's; and where memory is short, the
 * slowest upload is ended for it.
 */
import { BODY_MEMORY_LEASE_MS, MIN_UPLOAD_BYTES_PER_SECOND, SLOW_UPLOAD_MS } from "./limits.ts";

/** A large body, from its first bytes until its request has a response. */
export class Upload {
  heldBytes = 0;
  /** Whether it waits for memory, and not for its sender. */
  waits = false;
  #arrivedBytes = 0;
  #readMs = 0;
  #readingSinceMs: number | null = null;

  constructor(
    readonly team: string,
    readonly startedMs: number,
    /** Ends it while its sender is waited for. */
    readonly end: () => void,
  ) {}

  startRead(nowMs: number): void {
    this.#readingSinceMs = nowMs;
  }

  endRead(bytes: number, nowMs: number): void {
    this.#readMs = this.readMs(nowMs);
    this.#readingSinceMs = null;
    this.#arrivedBytes += bytes;
  }

  /** How long its sender has been waited for. */
  readMs(nowMs: number): number {
    const sinceMs = this.#readingSinceMs ?? nowMs;
    return this.#readMs + Math.max(0, nowMs - sinceMs);
  }

  bytesPerSecond(nowMs: number): number {
    return (this.#arrivedBytes * 1000) / Math.max(1, this.readMs(nowMs));
  }

  isFast(nowMs: number): boolean {
    return this.bytesPerSecond(nowMs) >= MIN_UPLOAD_BYTES_PER_SECOND;
  }

  /** Whether it can be ended: its sender is waited for, or was for too long before. */
  isSlow(nowMs: number): boolean {
    const isComing = this.waits || this.#readingSinceMs !== null;
    return isComing && this.readMs(nowMs) >= SLOW_UPLOAD_MS && !this.isFast(nowMs);
  }
}

export class BodyMemory {
  readonly #totalBytes: number;
  readonly #teamBytes: number;
  readonly #uploads = new Set<Upload>();

  constructor(totalBytes: number, teamBytes: number) {
    this.#totalBytes = totalBytes;
    this.#teamBytes = teamBytes;
  }

  /**
   * Hold so many bytes instead of what the upload held; false if there is no memory for more. A body
   * larger than all of it is held alone.
   */
  hold(upload: Upload, bytes: number, nowMs: number): boolean {
    if (bytes > upload.heldBytes && this.#lacking(upload, bytes, nowMs) !== null) {
      return false;
    }
    upload.heldBytes = bytes;
    this.#uploads.add(upload);
    return true;
  }

  /** Releasing twice has no effect. */
  release(upload: Upload): void {
    this.#uploads.delete(upload);
  }

  /**
   * End the slowest of the uploads that keep this one from memory, if one is slow.
   *
   * @returns false if no upload that it waits for goes on, so that waiting has no use: they all wait
   *   themselves, and this is the newest of them.
   */
  makeWay(upload: Upload, bytes: number, nowMs: number): boolean {
    const lacking = this.#lacking(upload, bytes, nowMs) ?? [];
    const slow = lacking.filter((other) => other.isSlow(nowMs));
    if (slow.length > 0) {
      slow.reduce((one, other) => slower(one, other, nowMs)).end();
      return true;
    }
    const newest = lacking.every((other) => other.waits && other.startedMs <= upload.startedMs);
    return lacking.length === 0 || !newest;
  }

  /** The uploads whose memory this one would need; null if there is enough. */
  #lacking(upload: Upload, bytes: number, nowMs: number): Upload[] | null {
    const others = this.#others(upload, nowMs);
    const ofTeam = others.filter(({ team }) => team === upload.team);
    // Of one team, the one that has waited longest comes first: else large ones would never.
    const isBehind = ofTeam.some(({ waits, startedMs }) => waits && startedMs < upload.startedMs);
    if (isBehind || (ofTeam.length > 0 && heldBytes(ofTeam) + bytes > this.#teamBytes)) {
      return ofTeam;
    }
    return others.length > 0 && heldBytes(others) + bytes > this.#totalBytes ? others : null;
  }

  /** The runtime may end a request without another line of it being run; its memory lapses. */
  #others(upload: Upload, nowMs: number): Upload[] {
    const others: Upload[] = [];
    for (const other of this.#uploads) {
      if (nowMs - other.startedMs > BODY_MEMORY_LEASE_MS) {
        this.#uploads.delete(other);
      } else if (other !== upload) {
        others.push(other);
      }
    }
    return others;
  }
}

function heldBytes(uploads: readonly Upload[]): number {
  return uploads.reduce((total, upload) => total + upload.heldBytes, 0);
}

function slower(one: Upload, other: Upload, nowMs: number): Upload {
  return one.bytesPerSecond(nowMs) <= other.bytesPerSecond(nowMs) ? one : other;
}
