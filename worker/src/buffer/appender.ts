/** Decides for each body of a call whether it is stored, and writes the stored ones. */
import { type Exceeded, RateLimits } from "../access/rate.ts";
import { ONE_SHARD } from "../access/shard_layout.ts";
import { RATE_BURST_SECONDS } from "../limits.ts";
import { ALL_TABLES, streamFor } from "../tables/index.ts";
import type { BufferDepth } from "./depth.ts";
import type { Body, GroupCommit } from "./group_commit.ts";
import type { NewestLayout } from "./newest_layout.ts";
import type { RecentBodies, Seen } from "./recent_bodies.ts";
import type { AppendRequest, AppendResult } from "./rpc.ts";
import type { Store } from "./store.ts";

/** A body that is being written, and the response to its repeats. */
interface Writing extends Seen {
  readonly written: Promise<void>;
}

/** The parts of a buffer that an append needs. */
export interface AppenderParts {
  readonly store: Store;
  readonly layout: NewestLayout;
  readonly recent: RecentBodies;
  readonly commit: GroupCommit;
  readonly depth: BufferDepth;
}

export class Appender {
  readonly #parts: AppenderParts;
  /** Bodies in the current write: a repeat that arrives now waits for the same write. */
  readonly #writing = new Map<string, Writing>();
  readonly #rates = new RateLimits(RATE_BURST_SECONDS);

  constructor(parts: AppenderParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when the body is on disk, or when it is clear why it was not stored.
   *
   * Nothing may be awaited before `#write`, so that a repeat in the same call finds the first body
   * in `#writing`.
   */
  async append(request: AppendRequest): Promise<AppendResult> {
    const { store, layout } = this.#parts;
    const seen = request.key === null ? null : this.#seen(request.key);
    if (seen !== null) {
      return await seen;
    }
    if ((request.layout ?? ONE_SHARD.number) !== layout.number) {
      // A script without layouts would take "moved" for success.
      return request.layout === undefined ? "failed" : "moved";
    }
    if (request.rows === 0) {
      return "unseen";
    }
    const rejected = this.#rejection(request);
    if (rejected !== null) {
      return rejected;
    }
    store.saveDatabase(request.database);
    await this.#write(bodyFrom(request));
    return "stored";
  }

  #seen(key: string): Seen | Promise<Seen> | null {
    const sameBody = this.#writing.get(key);
    return this.#parts.recent.find(key) ?? (sameBody === undefined ? null : afterWrite(sameBody));
  }

  /** Waits for the write of a body with this key, if there is one. */
  async untilWritten(key: string): Promise<void> {
    await this.#writing.get(key)?.written;
  }

  #rejection(request: AppendRequest): AppendResult | null {
    const limited = this.#exceededRate(request);
    if (limited !== null) {
      return { limited };
    }
    return this.#parts.depth.isFull(Date.now(), request.isPublic === true) ? "full" : null;
  }

  #exceededRate({ rates, rows }: AppendRequest): Exceeded | null {
    return rates === undefined ? null : this.#rates.take(rates, rows, Date.now());
  }

  async #write(body: Body): Promise<void> {
    const { commit, depth } = this.#parts;
    const written = commit.enqueue(body);
    depth.add(body.bytes.byteLength);
    if (body.key !== null) {
      this.#writing.set(body.key, { written, seen: body.partialSuccess });
    }
    try {
      await written;
    } catch (error) {
      depth.add(-body.bytes.byteLength);
      throw error;
    } finally {
      if (body.key !== null) {
        this.#writing.delete(body.key);
      }
    }
  }
}

async function afterWrite({ written, seen }: Writing): Promise<Seen> {
  await written;
  return { seen };
}

function bodyFrom(request: AppendRequest): Body {
  const { kind, encoding, bytes, rawBytes, rows, days, key } = request;
  const { repeatedBytes = 0, tables = ALL_TABLES, partialSuccess = null } = request;
  const stream = streamFor(kind, encoding);
  return { stream, bytes, rawBytes, rows, repeatedBytes, tables, days, key, partialSuccess };
}
