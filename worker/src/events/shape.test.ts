import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpError } from "../errors.ts";
import { MAX_EVENT_BYTES, MAX_JSON_DEPTH, MAX_JSON_VALUES } from "../limits.ts";
import { checkLines, checkShape } from "./shape.ts";

/** Return the status of the error; 200 if there is none. */
function statusOf(json: string): number {
  try {
    checkShape(new TextEncoder().encode(json));
    return 200;
  } catch (error) {
    assert.ok(error instanceof HttpError);
    return error.status;
  }
}

const filler = `"${"x".repeat(MAX_EVENT_BYTES)}"`;
const nested = (depth: number): string => `${"[".repeat(depth)}${filler}${"]".repeat(depth)}`;

test("a body is nested as deep as the metadata of an event in a list may be", () => {
  assert.equal(statusOf(nested(MAX_JSON_DEPTH + 3)), 200);
  assert.equal(statusOf(nested(MAX_JSON_DEPTH + 4)), 400);
  assert.equal(statusOf(`${'{"a":['.repeat(50)}${filler}`), 400);
});

test("many values side by side are not deep, but they are counted", () => {
  const list = (values: number): string => `[${"[],".repeat(values / 2)}${filler}]`;
  assert.equal(statusOf(list(MAX_JSON_VALUES - 2)), 200);
  assert.equal(statusOf(list(MAX_JSON_VALUES + 2)), 413);
});

test("brackets and commas of strings do not count", () => {
  const text = JSON.stringify('[{,"\\'.repeat(MAX_JSON_VALUES));
  assert.equal(statusOf(`[${text},${filler}]`), 200);
});

test("JSON that does not end is rejected", () => {
  for (const json of [
    `["${"[".repeat(MAX_EVENT_BYTES)}`,
    `[${filler}`,
    `${filler}]`,
    `{"a\\":${filler}`,
  ]) {
    assert.equal(statusOf(json), 400);
  }
});

test("a short body is not looked at", () => {
  assert.equal(statusOf("[".repeat(MAX_EVENT_BYTES)), 200);
});

/** The status for a body of lines. */
function statusOfLines(lines: readonly string[]): number {
  try {
    checkLines(new TextEncoder().encode(lines.join("\n")));
    return 200;
  } catch (error) {
    assert.ok(error instanceof HttpError);
    return error.status;
  }
}

test("a damaged line neither rejects other lines nor hides their values", () => {
  const values = `[${"[],".repeat(MAX_JSON_VALUES / 4)}[]]`;
  for (const damage of ['{"a', '"\\', "[".repeat(99), "]"]) {
    assert.equal(statusOfLines([damage, filler, damage, values]), 200);
    assert.equal(statusOfLines([damage, values, damage, values, values]), 413);
  }
});
