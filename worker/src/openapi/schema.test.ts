import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpError } from "../errors.ts";
import { check, type Schema } from "./schema.ts";

const SCHEMA: Schema = {
  type: "object",
  description: "an object",
  properties: {
    name: { type: "string", minLength: 1, maxLength: 3, description: "a short text" },
    when: {
      anyOf: [
        { type: "number", minimum: 0, exclusiveMaximum: 10 },
        { type: "string", pattern: "^\\d{4}$" },
      ],
      description: "a number below 10, or a year",
    },
    list: {
      type: ["array", "null"],
      minItems: 1,
      maxItems: 2,
      items: { type: "integer", maximum: 5, description: "a whole number up to 5" },
      description: "one or two numbers",
    },
    inner: { type: "object", properties: { on: { type: "boolean", description: "yes or no" } } },
    colour: { enum: ["red", "green"], description: "red, green" },
  },
  required: ["name"],
  additionalProperties: false,
};

function errorOf(value: unknown): string | null {
  try {
    check(SCHEMA, value, "body");
    return null;
  } catch (error) {
    assert.ok(error instanceof HttpError);
    assert.equal(error.status, 400);
    return error.message;
  }
}

test("what the schema allows passes", () => {
  for (const rest of [
    {},
    { when: 0 },
    { when: 9.9 },
    { when: "2026" },
    { list: null },
    { list: [5, -1] },
    { inner: { on: true, more: 1 } },
    { colour: "red" },
  ]) {
    assert.equal(errorOf({ name: "abc", ...rest }), null, JSON.stringify(rest));
  }
});

test("what it does not is named by its place, with its value and what is allowed", () => {
  const rejected: [unknown, string][] = [
    [[], "body: []; allowed: an object"],
    [{}, "name: missing; a short text"],
    [{ name: "" }, 'name: ""; allowed: a short text'],
    [{ name: "abcd" }, 'name: "abcd"; allowed: a short text'],
    [{ name: null }, "name: null; allowed: a short text"],
    [{ name: "a", when: 10 }, "when: 10; allowed: a number below 10, or a year"],
    [{ name: "a", when: "26" }, 'when: "26"; allowed: a number below 10, or a year'],
    [{ name: "a", list: [] }, "list: []; allowed: one or two numbers"],
    [{ name: "a", list: [1, 2, 3] }, "list: [1,2,3]; allowed: one or two numbers"],
    [{ name: "a", list: [1, 6] }, "list[1]: 6; allowed: a whole number up to 5"],
    [{ name: "a", list: [1.5] }, "list[0]: 1.5; allowed: a whole number up to 5"],
    [{ name: "a", inner: { on: 1 } }, "inner.on: 1; allowed: yes or no"],
    [{ name: "a", colour: "blue" }, 'colour: "blue"; allowed: red, green'],
    [
      { name: "a", other: "x".repeat(200) },
      `other: "${"x".repeat(76)}...; allowed: the fields name, when, list, inner, colour`,
    ],
  ];
  for (const [value, message] of rejected) {
    assert.equal(errorOf(value), message);
  }
});

test("names that every object inherits are fields like others", () => {
  const value: unknown = JSON.parse('{"name": "a", "constructor": 1}');
  assert.match(String(errorOf(value)), /^constructor: 1; allowed: the fields/);
  assert.match(String(errorOf(JSON.parse('{"toString": "a"}'))), /^name: missing/);
});
