import assert from "node:assert/strict";
import { test } from "node:test";
import { BODY_MEMORY_LEASE_MS, MIN_UPLOAD_BYTES_PER_SECOND, SLOW_UPLOAD_MS } from "../limits.ts";
import { BodyMemory, Upload } from "./body_memory.ts";

interface Watched {
  readonly upload: Upload;
  readonly ended: () => boolean;
}

function watched(team: string, startedMs = 0): Watched {
  let ended = false;
  const upload = new Upload(team, startedMs, () => {
    ended = true;
  });
  return { upload, ended: () => ended };
}

/** Return an upload at this rate, which holds memory and whose next read has begun. */
function coming(memory: BodyMemory, team: string, bytesPerSecond: number): Watched {
  const it = watched(team);
  assert.ok(memory.hold(it.upload, 10, 0));
  it.upload.startRead(0);
  it.upload.endRead((bytesPerSecond * SLOW_UPLOAD_MS) / 1000, SLOW_UPLOAD_MS);
  it.upload.startRead(SLOW_UPLOAD_MS);
  return it;
}

test("memory is limited, and released memory is available again", () => {
  const memory = new BodyMemory(100, 100);
  const first = new Upload("a", 0, () => undefined);
  const second = new Upload("b", 0, () => undefined);
  assert.ok(memory.hold(first, 60, 0));
  assert.ok(memory.hold(second, 40, 0));
  assert.ok(!memory.hold(second, 41, 0));
  assert.ok(memory.hold(second, 30, 0));
  assert.ok(memory.hold(first, 70, 0));
  memory.release(first);
  memory.release(first);
  assert.ok(memory.hold(second, 100, 0));
});

test("a body larger than the whole limit is held alone", () => {
  const memory = new BodyMemory(100, 50);
  assert.ok(memory.hold(watched("a").upload, 200, 0));
  assert.ok(!memory.hold(watched("b").upload, 1, 0));
});

test("what other work needs is taken from the limit, and one body is held all the same", () => {
  let reservedBytes = 60;
  const memory = new BodyMemory(100, 100, () => reservedBytes);
  const first = new Upload("a", 0, () => undefined);
  assert.ok(memory.hold(first, 50, 0));
  assert.ok(!memory.hold(new Upload("b", 0, () => undefined), 1, 0));
  assert.ok(memory.hold(first, 30, 0));
  assert.ok(memory.hold(new Upload("b", 0, () => undefined), 10, 0));
  reservedBytes = 0;
  assert.ok(memory.hold(new Upload("c", 0, () => undefined), 60, 0));
  assert.equal(memory.heldBytes(0), 100);
  assert.equal(memory.heldBytes(BODY_MEMORY_LEASE_MS + 1), 0);
});

test("a team gets at most its share, and other teams get the rest", () => {
  const memory = new BodyMemory(100, 80);
  assert.ok(memory.hold(watched("a").upload, 50, 0));
  assert.ok(!memory.hold(watched("a").upload, 31, 0));
  assert.ok(memory.hold(watched("a").upload, 30, 0));
  assert.ok(memory.hold(watched("b").upload, 20, 0));
  assert.ok(!memory.hold(watched("c").upload, 1, 0));
});

test("the memory of a request that was ended halfway is released", () => {
  const memory = new BodyMemory(100, 100);
  memory.hold(watched("a").upload, 100, 0);
  assert.ok(!memory.hold(watched("b").upload, 100, BODY_MEMORY_LEASE_MS));
  assert.ok(memory.hold(watched("b").upload, 100, BODY_MEMORY_LEASE_MS + 1));
});

test("when memory is short, the slowest upload is ended, and a fast one is not", () => {
  const memory = new BodyMemory(30, 30);
  const fast = coming(memory, "a", MIN_UPLOAD_BYTES_PER_SECOND);
  const slow = coming(memory, "a", MIN_UPLOAD_BYTES_PER_SECOND / 2);
  const slowest = coming(memory, "b", MIN_UPLOAD_BYTES_PER_SECOND / 3);
  const { upload } = watched("c", 1);
  assert.ok(memory.makeWay(upload, 10, SLOW_UPLOAD_MS));
  assert.deepEqual(
    [fast, slow, slowest].map(({ ended }) => ended()),
    [false, false, true],
  );
  memory.release(slowest.upload);
  memory.release(slow.upload);
  assert.ok(memory.makeWay(upload, 30, SLOW_UPLOAD_MS));
  assert.ok(!fast.ended());
});

/** Return an upload like `coming`, at three times the minimum rate, that holds `bytes` of memory. */
function greedy(memory: BodyMemory, team: string, bytes: number): Watched {
  const it = coming(memory, team, 3 * MIN_UPLOAD_BYTES_PER_SECOND);
  assert.ok(memory.hold(it.upload, bytes, SLOW_UPLOAD_MS));
  return it;
}

test("a fast upload is ended when its team holds more than a waiting team's equal part", () => {
  const memory = new BodyMemory(100, 80);
  const { upload, ended } = greedy(memory, "a", 80);
  const waiting = watched("b", 1).upload;
  assert.ok(!memory.hold(waiting, 45, SLOW_UPLOAD_MS));
  assert.ok(memory.makeWay(waiting, 45, SLOW_UPLOAD_MS));
  assert.ok(ended());
  memory.release(upload);
  assert.ok(memory.hold(waiting, 45, SLOW_UPLOAD_MS));
});

test("a fast upload continues if its team has an equal part, or its sender had no time yet", () => {
  const memory = new BodyMemory(100, 80);
  const modest = greedy(memory, "a", 50);
  assert.ok(memory.makeWay(watched("b", 1).upload, 60, SLOW_UPLOAD_MS));
  assert.ok(!modest.ended());
  memory.release(modest.upload);
  const early = watched("a");
  memory.hold(early.upload, 80, 0);
  early.upload.startRead(0);
  assert.ok(memory.makeWay(watched("b", 1).upload, 45, SLOW_UPLOAD_MS - 1));
  assert.ok(!early.ended());
});

test("of two teams that want more than an equal part, only the faster one ends an upload", () => {
  const memory = new BodyMemory(100, 80);
  const { ended } = greedy(memory, "a", 80);
  const slow = watched("b", 1).upload;
  slow.startRead(0);
  slow.endRead(10, SLOW_UPLOAD_MS);
  memory.makeWay(slow, 80, SLOW_UPLOAD_MS);
  assert.ok(!ended());
  const fast = watched("c", 1).upload;
  fast.startRead(0);
  fast.endRead(100 * MIN_UPLOAD_BYTES_PER_SECOND, SLOW_UPLOAD_MS);
  memory.makeWay(fast, 80, SLOW_UPLOAD_MS);
  assert.ok(ended());
});

test("memory that a team waits for as its equal part goes to no team that would have more", () => {
  const memory = new BodyMemory(100, 80);
  const held = greedy(memory, "a", 70).upload;
  const waiting = watched("b", 1).upload;
  waiting.waits = true;
  waiting.wantedBytes = 45;
  assert.ok(memory.hold(waiting, 5, SLOW_UPLOAD_MS));
  memory.release(held);
  const next = watched("a", 2).upload;
  assert.ok(!memory.hold(next, 70, SLOW_UPLOAD_MS));
  assert.ok(memory.hold(next, 50, SLOW_UPLOAD_MS));
  assert.ok(memory.hold(waiting, 45, SLOW_UPLOAD_MS));
});

test("an upload is not slow before its sender was waited for", () => {
  const memory = new BodyMemory(10, 10);
  const { upload, ended } = watched("a");
  memory.hold(upload, 10, 0);
  upload.startRead(0);
  upload.endRead(1, SLOW_UPLOAD_MS - 1);
  const other = watched("b").upload;
  assert.ok(memory.makeWay(other, 10, 10 * SLOW_UPLOAD_MS));
  assert.ok(!ended());
  upload.startRead(20 * SLOW_UPLOAD_MS);
  memory.makeWay(other, 10, 20 * SLOW_UPLOAD_MS + 1);
  assert.ok(ended());
});

test("when a team's share is short, only that team's uploads are ended", () => {
  const memory = new BodyMemory(100, 20);
  const ours = coming(memory, "a", 2);
  const another = coming(memory, "b", 1);
  memory.makeWay(watched("a").upload, 20, SLOW_UPLOAD_MS);
  assert.ok(ours.ended());
  assert.ok(!another.ended());
});

test("the oldest waiting upload of a team gets memory first", () => {
  const memory = new BodyMemory(100, 100);
  const oldest = watched("a", 1).upload;
  const newer = watched("a", 2).upload;
  memory.hold(oldest, 1, 2);
  oldest.waits = true;
  assert.ok(!memory.hold(newer, 1, 2));
  assert.ok(memory.hold(watched("b", 3).upload, 1, 3));
  assert.ok(memory.hold(oldest, 50, 3));
  oldest.waits = false;
  assert.ok(memory.hold(newer, 1, 3));
});

test("when all uploads wait for each other, the newest is ended", () => {
  const memory = new BodyMemory(100, 100);
  const older = watched("a", 1).upload;
  const newest = watched("a", 2).upload;
  memory.hold(older, 50, 2);
  memory.hold(newest, 50, 2);
  older.waits = true;
  newest.waits = true;
  assert.ok(memory.makeWay(older, 60, 2));
  assert.ok(!memory.makeWay(newest, 60, 2));
});
