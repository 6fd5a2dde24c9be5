import assert from "node:assert/strict";
import { test } from "node:test";
import {
  INSERT_MEMORY_BYTES,
  INSERT_TIMEOUT_MS,
  LONG_ENCODING_WANTED_MS,
  TEAM_INSERT_MEMORY_BYTES,
} from "../limits.ts";
import { INSERT_BOUNDS, LongEncoding, SharedMemory } from "./shared_memory.ts";

const REST_BYTES = INSERT_MEMORY_BYTES - TEAM_INSERT_MEMORY_BYTES;

test("a team's inserts get its share, and other teams get the rest", () => {
  const memory = new SharedMemory(INSERT_BOUNDS);
  assert.ok(memory.take("a:1", "a", TEAM_INSERT_MEMORY_BYTES, 0));
  assert.ok(!memory.take("a:2", "a", 1, 0));
  assert.ok(memory.take("b:1", "b", REST_BYTES, 0));
  assert.ok(!memory.take("c:1", "c", 1, 0));
  memory.release("a:1");
  memory.release("a:1");
  assert.ok(memory.take("a:2", "a", 1, 0));
});

test("an insert larger than the whole limit runs alone", () => {
  const memory = new SharedMemory(INSERT_BOUNDS);
  assert.ok(memory.take("a:1", "a", 2 * INSERT_MEMORY_BYTES, 0));
  assert.ok(!memory.take("b:1", "b", 1, 0));
});

test("the memory of an insert whose buffer was aborted is released", () => {
  const memory = new SharedMemory(INSERT_BOUNDS);
  memory.take("a:1", "a", INSERT_MEMORY_BYTES, 0);
  assert.ok(!memory.take("b:1", "b", 1, 2 * INSERT_TIMEOUT_MS));
  assert.ok(memory.take("b:1", "b", 1, 2 * INSERT_TIMEOUT_MS + 1));
  memory.take("b:2", "b", INSERT_MEMORY_BYTES, 0);
  assert.ok(memory.take("c:1", "c", 1, -2 * INSERT_TIMEOUT_MS - 1), "the clock was set back");
});

test("one long encoding at a time", () => {
  const long = new LongEncoding();
  assert.ok(long.take("a:1", "a", 0, true));
  assert.ok(!long.take("b:1", "b", 0, true));
  long.release("b:1");
  assert.ok(!long.take("b:1", "b", 0, true));
  long.release("a:1");
  assert.ok(long.take("b:1", "b", 0, true));
});

test("bodies have less memory while a long encoding runs or waits for memory", () => {
  const long = new LongEncoding();
  const memory = new SharedMemory({ ...INSERT_BOUNDS, totalBytes: 10, teamBytes: 10 }, (nowMs) =>
    long.isPending(nowMs) ? 6 : 0,
  );
  assert.ok(memory.take("a:1", "a", 3, 0));
  assert.ok(!long.take("e:1", "e", 0, false), "they hold too much");
  assert.ok(!memory.take("a:2", "a", 2, 0));
  assert.ok(memory.take("a:2", "a", 2, LONG_ENCODING_WANTED_MS));
  memory.release("a:2");
  assert.ok(long.take("e:1", "e", 5_000, true));
  assert.ok(!memory.take("a:2", "a", 2, 60_000));
  assert.ok(memory.take("a:2", "a", 1, 60_000));
  long.release("e:1");
  assert.ok(memory.take("a:3", "a", 6, 60_000));
});
