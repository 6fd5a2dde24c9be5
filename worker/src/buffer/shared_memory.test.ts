import assert from "node:assert/strict";
import { test } from "node:test";
import { INSERT_MEMORY_BYTES, INSERT_TIMEOUT_MS, TEAM_INSERT_MEMORY_BYTES } from "../limits.ts";
import { INSERT_BOUNDS, LONG_ENCODING_BOUNDS, SharedMemory } from "./shared_memory.ts";

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
  const long = new SharedMemory(LONG_ENCODING_BOUNDS);
  assert.ok(long.take("a:1", "a", 1, 0));
  assert.ok(!long.take("b:1", "b", 1, 0));
  long.release("b:1");
  assert.ok(!long.take("b:1", "b", 1, 0));
  long.release("a:1");
  assert.ok(long.take("b:1", "b", 1, 0));
});
