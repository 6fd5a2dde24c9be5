import assert from "node:assert/strict";
import { test } from "node:test";
import { BATCH_REPEATED_BYTES, GROUP_BODIES, GROUP_BYTES } from "../limits.ts";
import { streamFor } from "../tables/index.ts";
import { type Body, GroupCommit, groupsFrom } from "./group_commit.ts";
import { RecentBodies } from "./recent_bodies.ts";
import type { RecentRows } from "./recent_rows.ts";
import type { NewChunk, Store } from "./store.ts";

const body = (kind: "traces" | "events", bytes: number): Body => ({
  stream: streamFor(kind, "raw"),
  bytes: new Uint8Array(bytes),
  rawBytes: bytes,
  rows: 1,
  repeatedBytes: 0,
  tables: 1,
  days: null,
  key: null,
  partialSuccess: null,
});

const NO_ROWS = { keys: () => [] } as unknown as RecentRows;

test("bodies of one stream share a row, in order", () => {
  const groups = groupsFrom([body("events", 1), body("traces", 2), body("events", 3)]);
  assert.deepEqual(
    groups.map(({ stream, bodies }) => [stream.kind, bodies.map(({ bytes }) => bytes.length)]),
    [
      ["events", [1, 3]],
      ["traces", [2]],
    ],
  );
});

test("the bodies of a row repeat no more bytes than a batch may", () => {
  const share = { ...body("traces", 1), repeatedBytes: BATCH_REPEATED_BYTES * 0.4 };
  const groups = groupsFrom([share, share, share, share, share]);
  assert.deepEqual(
    groups.map(({ bodies, repeatedBytes }) => [bodies.length, repeatedBytes]),
    [
      [2, BATCH_REPEATED_BYTES * 0.8],
      [2, BATCH_REPEATED_BYTES * 0.8],
      [1, BATCH_REPEATED_BYTES * 0.4],
    ],
  );
});

test("a row has a maximum length, and a longer body has a row alone", () => {
  const groups = groupsFrom([
    body("traces", 10),
    body("traces", GROUP_BYTES),
    body("traces", 10),
    body("traces", 10),
  ]);
  assert.deepEqual(
    groups.map(({ bodies }) => bodies.length),
    [1, 1, 2],
  );
});

test("a row holds a bounded number of bodies", () => {
  const groups = groupsFrom(Array.from({ length: GROUP_BODIES + 1 }, () => body("events", 1)));
  assert.deepEqual(
    groups.map(({ bodies }) => bodies.length),
    [GROUP_BODIES, 1],
  );
});

test("bodies enqueued together share a write, and so do those that arrive while it is synced", async () => {
  const written: number[] = [];
  const store = {
    transaction: <T>(closure: () => T) => closure(),
    insertChunk: (_stream: unknown, { sizes }: NewChunk) => written.push(sizes.length),
  } as unknown as Store;
  let onDisk = (): void => {};
  const disk = new Promise<void>((resolve) => {
    onDisk = resolve;
  });
  const commit = new GroupCommit(store, new RecentBodies(NO_ROWS), {
    sync: () => disk,
    onWritten: () => {},
    onCommitted: () => {},
  });
  const first = [commit.enqueue(body("events", 1)), commit.enqueue(body("events", 1))];
  await null;
  assert.deepEqual(written, [2]);
  const second = [1, 2, 3].map(() => commit.enqueue(body("events", 1)));
  onDisk();
  await Promise.all([...first, ...second]);
  assert.deepEqual(written, [2, 3]);
});
