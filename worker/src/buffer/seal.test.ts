import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BATCH_AGE_MS,
  BATCH_RAW_BYTES,
  BATCH_REPEATED_BYTES,
  FLOOD_OVER_MS,
  FLOOD_SHARE,
  INSERTS_IN_FLIGHT,
} from "../limits.ts";
import { type Stream, streamFor, type Table } from "../tables/index.ts";
import type { Batches } from "./batches.ts";
import { Sealer } from "./seal.ts";
import type { Store } from "./store.ts";

const STREAM = streamFor("traces", "zstd");
const CHUNK_BYTES = BATCH_RAW_BYTES / 16;
const NOW_MS = 1_000_000;

/** A sealer over chunks that are only counted: one stream, `CHUNK_BYTES` each, all at `NOW_MS`. */
class Buffer {
  chunks = 0;
  /** The repeated bytes of each chunk. */
  repeatedBytes = 0;
  readonly open: { table: Table }[] = [];
  readonly sealer: Sealer;

  constructor() {
    const unsealed = (stream: Stream) => {
      const chunks = stream === STREAM ? this.chunks : 0;
      const atMs = chunks > 0 ? NOW_MS : null;
      return {
        rawBytes: chunks * CHUNK_BYTES,
        rows: chunks,
        repeatedBytes: chunks * this.repeatedBytes,
        oldestMs: atMs,
        newestMs: atMs,
      };
    };
    const each = (): { repeatedBytes: number } => ({ repeatedBytes: this.repeatedBytes });
    const store = {
      unsealed,
      *unsealedChunks(stream: Stream) {
        for (let seq = 1; seq <= unsealed(stream).rows; seq++) {
          yield { seq, rawBytes: CHUNK_BYTES, rows: 1, tables: 1, days: null, ...each() };
        }
      },
      transaction: (act: () => unknown) => act(),
    };
    const batches = {
      open: () => this.open,
      insertForEach: (_stream: Stream, { rows }: { rows: number }) => {
        this.chunks -= rows;
        this.open.push({ table: "otel_traces" });
      },
    };
    this.sealer = new Sealer(store as unknown as Store, batches as unknown as Batches, () => ({}));
  }
}

test("a few rows wait for more, the less the more there are", () => {
  const buffer = new Buffer();
  buffer.chunks = 1;
  assert.equal(buffer.sealer.dueMs(NOW_MS), NOW_MS + Math.round((BATCH_AGE_MS * 15) / 16));
});

test("a batch holds no more rows that repeat much than there is memory for", () => {
  const buffer = new Buffer();
  buffer.repeatedBytes = BATCH_REPEATED_BYTES / 2 - 1;
  buffer.chunks = 5;
  assert.equal(buffer.sealer.dueMs(NOW_MS), NOW_MS);
  buffer.sealer.seal(NOW_MS);
  assert.equal(buffer.open.length, INSERTS_IN_FLIGHT);
  assert.equal(buffer.chunks, 5 - 2 * INSERTS_IN_FLIGHT);
});

test("a flood's batches double, and each goes at once", () => {
  const buffer = new Buffer();
  for (const share of [FLOOD_SHARE, 2 * FLOOD_SHARE, 4 * FLOOD_SHARE, 1]) {
    buffer.open.length = 0;
    buffer.chunks = 16 * share - 1;
    assert.ok((buffer.sealer.dueMs(NOW_MS) ?? 0) > NOW_MS);
    buffer.chunks = 16 * share;
    assert.equal(buffer.sealer.dueMs(NOW_MS), NOW_MS);
    assert.ok(buffer.sealer.seal(NOW_MS));
    assert.equal(buffer.chunks, 0);
  }
});

test("after a quiet second it is another flood", () => {
  const buffer = new Buffer();
  buffer.chunks = 8;
  assert.ok(buffer.sealer.seal(NOW_MS - BATCH_AGE_MS));
  buffer.open.length = 0;
  buffer.chunks = 16 * FLOOD_SHARE;
  assert.equal(buffer.sealer.dueMs(NOW_MS), NOW_MS);
});

test("what is left of a flood goes when no more comes", () => {
  const buffer = new Buffer();
  buffer.chunks = 17;
  assert.ok(buffer.sealer.seal(NOW_MS));
  assert.equal(buffer.chunks, 1);
  assert.equal(buffer.sealer.dueMs(NOW_MS), NOW_MS + FLOOD_OVER_MS);
  assert.ok(buffer.sealer.seal(NOW_MS + FLOOD_OVER_MS));
  assert.equal(buffer.chunks, 0);
});

test("no more batches are made than can be sent", () => {
  const buffer = new Buffer();
  buffer.chunks = 40;
  assert.ok(buffer.sealer.seal(NOW_MS));
  assert.equal(buffer.open.length, INSERTS_IN_FLIGHT);
  assert.equal(buffer.sealer.dueMs(NOW_MS), null);
});

test("where inserts are to be rare, nothing goes early", () => {
  const buffer = new Buffer();
  buffer.sealer.backpressureOf("otel_traces").tooManyParts();
  buffer.chunks = 8;
  assert.equal(buffer.sealer.dueMs(NOW_MS), NOW_MS + BATCH_AGE_MS);
});
