import assert from "node:assert/strict";
import { test } from "node:test";
import { networkOf } from "./address.ts";

test("an IPv4 address is one sender, however it is written", () => {
  for (const address of ["192.0.2.1", " 192.0.2.1", "::ffff:192.0.2.1", "::FFFF:c000:201"]) {
    assert.equal(networkOf(address), "192.0.2.1");
  }
  assert.notEqual(networkOf("192.0.2.2"), networkOf("192.0.2.1"));
});

test("the addresses of a /64 are one sender, however they are written", () => {
  for (const address of [
    "2001:db8:0:1::1",
    "2001:0DB8:0000:0001:0:0:0:2",
    "2001:db8::1:ffff:ffff:ffff:ffff",
    "2001:db8:0:1::192.0.2.1",
  ]) {
    assert.equal(networkOf(address), "2001:db8:0:1::/64", address);
  }
  assert.notEqual(networkOf("2001:db8:0:2::1"), networkOf("2001:db8:0:1::1"));
  assert.equal(networkOf("::1"), "0:0:0:0::/64");
});

test("all invalid addresses count as one sender", () => {
  for (const address of ["", "unknown", "::1]/", "1::2::3", "fe80::1%eth0", "2001:db8::/64"]) {
    assert.equal(networkOf(address), "unknown", address);
  }
});
