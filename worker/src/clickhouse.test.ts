import assert from "node:assert/strict";
import { test } from "node:test";
import { outcomeFrom } from "./clickhouse.ts";

const verdict = (status: number, code: string | null, text: string): string =>
  outcomeFrom(status, code, text).verdict;

test("only a 200 without an exception is applied", () => {
  assert.equal(verdict(200, null, ""), "applied");
  assert.equal(verdict(200, "241", "Code: 241. DB::Exception: Memory limit"), "unknown");
  assert.equal(verdict(200, null, "Code: 241. DB::Exception: after the headers"), "unknown");
});

test("errors about the bytes reject the batch", () => {
  assert.equal(verdict(500, "33", "Code: 33. DB::Exception: Cannot read all data"), "rejected");
  assert.equal(verdict(400, "117", "Code: 117. DB::Exception: Incorrect data"), "rejected");
  assert.equal(verdict(500, null, "Code: 444. DB::Exception: Protobuf"), "rejected");
});

test("a code with two meanings is distinguished by its message", () => {
  const days = "Code: 252. DB::Exception: Too many partitions for single INSERT block";
  assert.equal(verdict(500, "252", days), "rejected");
  assert.equal(verdict(500, "252", "Code: 252. DB::Exception: Too many parts (300)"), "unknown");
});

test("an exhausted resource is returned, and the batch is retried", () => {
  const exhausted = (code: string, text: string): unknown => {
    const outcome = outcomeFrom(500, code, text);
    return outcome.verdict === "unknown" ? outcome.exhausted : outcome.verdict;
  };
  assert.equal(exhausted("252", "Code: 252. DB::Exception: Too many parts (3000)"), "parts");
  assert.equal(exhausted("241", "Code: 241. DB::Exception: Query memory limit exceeded"), "memory");
  assert.equal(exhausted("173", "Code: 173. DB::ErrnoException: Allocator"), "memory");
  assert.equal(exhausted("60", "Code: 60. DB::Exception: Unknown table"), undefined);
});

test("errors of the server, and responses of other programs, lead to a retry", () => {
  for (const [status, code] of [
    [500, "60"],
    [403, "516"],
    [500, "241"],
    [500, "243"],
    [502, null],
    [503, null],
    [404, null],
  ] as const) {
    assert.equal(verdict(status, code, ""), "unknown");
  }
});

test("an error is kept short", () => {
  const outcome = outcomeFrom(500, "60", "x".repeat(10_000));
  assert.ok(outcome.verdict !== "applied" && outcome.error.length <= 600);
});
