import assert from "node:assert/strict";
import { test } from "node:test";
import { ROOM_LEASE_MS, ROOM_SHORT_MS } from "./limits.ts";
import { type Lease, Room } from "./room.ts";

function taken(lease: Lease | null): Lease {
  assert.ok(lease !== null);
  return lease;
}

test("there is room for so many bytes, and again once some are given back", () => {
  const room = new Room(100);
  const first = taken(room.take(60, 0));
  assert.ok(room.take(40, 0) !== null);
  assert.equal(room.take(1, 0), null);
  room.giveBack(first);
  room.giveBack(first);
  assert.ok(room.take(60, 0) !== null);
  assert.equal(room.take(1, 0), null);
});

test("a body larger than all the room gets in alone", () => {
  const room = new Room(100);
  assert.ok(room.take(200, 0) !== null);
  assert.equal(room.take(1, 0), null);
});

test("the room of a request that was ended halfway comes back", () => {
  const room = new Room(100);
  room.take(100, 0);
  assert.equal(room.take(100, ROOM_LEASE_MS), null);
  assert.ok(room.take(100, ROOM_LEASE_MS + 1) !== null);
});

test("room is short for a while after somebody found none", () => {
  const room = new Room(100);
  room.take(100, 5);
  assert.equal(room.isShort(5), false);
  room.take(1, 5);
  assert.equal(room.isShort(5), true);
  assert.equal(room.isShort(5 + ROOM_SHORT_MS), false);
});
