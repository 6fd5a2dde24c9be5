/**
 * Limits the memory of the large bodies that an isolate holds at once.
 *
 * A Cloudflare isolate has 128 MB, and a body is in memory several times: as received, decoded, and
 * in the call to the buffer. The limit counts allocated bytes, which grow with the bytes that have
 * arrived. Each team has a share, so that its senders cannot block another team. When memory is
 * short, the slowest upload is ended. If another team waits, a faster upload can be ended as well, if
 * its team holds more than an equal part of the memory.
 */
import { BODY_MEMORY_LEASE_MS, MIN_UPLOAD_BYTES_PER_SECOND, SLOW_UPLOAD_MS } from "../limits.ts";

/** A large body, from its first bytes until its request has a response. */
export class Upload {
  heldBytes = 0;
  /** Whether the upload waits for memory; otherwise it waits for its sender. */
  waits = false;
  /** The bytes for which the upload waits. */
  wantedBytes = 0;
  #arrivedBytes = 0;
  #readMs = 0;
  #readingSinceMs: number | null = null;

  constructor(
    readonly team: string,
    readonly startedMs: number,
    /** Ends the upload while it waits for its sender. */
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

  /** How long the upload has waited for its sender. */
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

  /** Whether the upload is incomplete although its sender had time. Only such an upload can be ended. */
  isLong(nowMs: number): boolean {
    const isComing = this.waits || this.#readingSinceMs !== null;
    return isComing && this.readMs(nowMs) >= SLOW_UPLOAD_MS;
  }

  isSlow(nowMs: number): boolean {
    return this.isLong(nowMs) && !this.isFast(nowMs);
  }
}

export class BodyMemory {
  readonly #totalBytes: number;
  readonly #teamBytes: number;
  readonly #reservedBytes: (nowMs: number) => number;
  readonly #uploads = new Set<Upload>();

  /** @param reservedBytes returns the part of the total that other work of the isolate needs now. */
  constructor(
    totalBytes: number,
    teamBytes: number,
    reservedBytes: (nowMs: number) => number = () => 0,
  ) {
    this.#reservedBytes = reservedBytes;
    this.#totalBytes = totalBytes;
    this.#teamBytes = teamBytes;
  }

  /**
   * Change the bytes that the upload holds; return false if there is no memory for more. A body
   * larger than the whole limit is held alone.
   */
  hold(upload: Upload, bytes: number, nowMs: number): boolean {
    if (bytes > upload.heldBytes && this.#lacking(upload, bytes, nowMs) !== null) {
      return false;
    }
    upload.heldBytes = bytes;
    this.#uploads.add(upload);
    return true;
  }

  heldBytes(nowMs: number): number {
    return heldBytes([...this.#uploads].filter((upload) => !hasLapsed(upload, nowMs)));
  }

  /** Releasing twice has no effect. */
  release(upload: Upload): void {
    this.#uploads.delete(upload);
  }

  /**
   * End the slowest of the uploads that hold the memory that this upload needs, if one is slow or
   * belongs to a team that holds more than an equal part.
   *
   * @returns false if waiting is useless, because all those uploads wait for memory as well and this
   *   one is the newest.
   */
  makeWay(upload: Upload, bytes: number, nowMs: number): boolean {
    const lacking = this.#lacking(upload, bytes, nowMs) ?? [];
    const slow = lacking.filter((other) => other.isSlow(nowMs));
    const endable = slow.length > 0 ? slow : this.#greedy(upload, bytes, lacking, nowMs);
    if (endable.length > 0) {
      endable.reduce((one, other) => slower(one, other, nowMs)).end();
      return true;
    }
    const newest = lacking.every((other) => other.waits && other.startedMs <= upload.startedMs);
    return lacking.length === 0 || !newest;
  }

  /**
   * Return the long uploads of the team that holds most, if it holds more than an equal part. The team
   * of `upload` may have more than an equal part afterwards. Then it may only end uploads that are
   * slower than `upload`, of a team that holds at least as much. Otherwise two such teams would end
   * each other's uploads indefinitely.
   */
  #greedy(upload: Upload, bytes: number, others: readonly Upload[], nowMs: number): Upload[] {
    const largest = largestTeam(others.filter(({ team }) => team !== upload.team));
    const share = this.#equalShare(upload, others, nowMs);
    if (heldBytes(largest) <= share) {
      return [];
    }
    const wanted = heldBytes(others.filter(({ team }) => team === upload.team)) + bytes;
    return largest.filter(
      (other) =>
        other.isLong(nowMs) &&
        (wanted <= share ||
          (wanted <= heldBytes(largest) && slower(upload, other, nowMs) === other)),
    );
  }

  /** The limit of all bodies together. */
  #bodyBytes(nowMs: number): number {
    return this.#totalBytes - this.#reservedBytes(nowMs);
  }

  /** Returns an equal part for each team that has uploads. */
  #equalShare(upload: Upload, others: readonly Upload[], nowMs: number): number {
    return this.#bodyBytes(nowMs) / new Set([upload, ...others].map(({ team }) => team)).size;
  }

  /** Whether a team that has less than an equal part waits, and this one would have more. */
  #isBehindTeam(upload: Upload, bytes: number, others: readonly Upload[], nowMs: number): boolean {
    const share = this.#equalShare(upload, others, nowMs);
    const ofTeam = others.filter(({ team }) => team === upload.team);
    return (
      heldBytes(ofTeam) + bytes > share &&
      others.some(
        ({ team, waits, wantedBytes, heldBytes: held }) =>
          waits &&
          team !== upload.team &&
          heldBytes(others.filter((other) => other.team === team)) - held + wantedBytes <= share,
      )
    );
  }

  /** Returns the uploads whose memory this one would need; null if there is enough. */
  #lacking(upload: Upload, bytes: number, nowMs: number): Upload[] | null {
    const others = this.#others(upload, nowMs);
    const ofTeam = others.filter(({ team }) => team === upload.team);
    // Within a team the longest waiting upload comes first; otherwise large ones would starve.
    const isBehind = ofTeam.some(({ waits, startedMs }) => waits && startedMs < upload.startedMs);
    if (isBehind || (ofTeam.length > 0 && heldBytes(ofTeam) + bytes > this.#teamBytes)) {
      return ofTeam;
    }
    const isShort = others.length > 0 && heldBytes(others) + bytes > this.#bodyBytes(nowMs);
    return isShort || this.#isBehindTeam(upload, bytes, others, nowMs) ? others : null;
  }

  /** Returns the other uploads, without expired ones: the runtime may end a request without cleanup. */
  #others(upload: Upload, nowMs: number): Upload[] {
    const others: Upload[] = [];
    for (const other of this.#uploads) {
      if (hasLapsed(other, nowMs)) {
        this.#uploads.delete(other);
      } else if (other !== upload) {
        others.push(other);
      }
    }
    return others;
  }
}

function hasLapsed({ startedMs }: Upload, nowMs: number): boolean {
  return nowMs - startedMs > BODY_MEMORY_LEASE_MS;
}

function heldBytes(uploads: readonly Upload[]): number {
  return uploads.reduce((total, upload) => total + upload.heldBytes, 0);
}

function largestTeam(uploads: readonly Upload[]): Upload[] {
  const teams = [...new Set(uploads.map(({ team }) => team))];
  return teams
    .map((name) => uploads.filter(({ team }) => team === name))
    .reduce((one, other) => (heldBytes(one) >= heldBytes(other) ? one : other), []);
}

function slower(one: Upload, other: Upload, nowMs: number): Upload {
  return one.bytesPerSecond(nowMs) <= other.bytesPerSecond(nowMs) ? one : other;
}
