import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJson } from "./parse_json.ts";

/** `parseJson` marks strings with U+E000, so the character is part of some cases. */
const TEXTS = [
  '"12"',
  '["1","12",1,12,"0","007","-1","1.5","12345678901","4294967295"]',
  '{"12":"12","a":"12","b":{"34":["5","x","6"]}}',
  '{"1" :"1", "2"\n: "2"}',
  '["\\u0031\\u0032","\\\\u0031","1\\u0032","\\u003a","\\\\\\u0031"]',
  '{"\\u0031":"\\u0031"}',
  '["say \\"123","\\\\","\\\\\\"1","123\\\\","\\"1\\""]',
  '["\ue000","\ue0001","\ue000\ue00012","\\ue00012","\\uE000x","\ue000x1"]',
  '{"\ue0001":"\ue0001","\ue000":"1"}',
  '{"__proto__":"1","constructor":{"prototype":"2"}}',
  '["","a","1a","a1"," 1","1 "]',
  "null",
  "12",
];

for (const text of TEXTS) {
  test(`${JSON.stringify(text)} is parsed as by JSON.parse`, () => {
    const parsed = parseJson(text);
    assert.deepEqual(parsed, JSON.parse(text));
    assert.equal(JSON.stringify(parsed), JSON.stringify(JSON.parse(text)));
  });
}

test("random strings are parsed as by JSON.parse", () => {
  const pieces = ['"', "\\", "\\u003", "1", "20", "\ue000", "\\ue000", "a", ":", ",", " "];
  let seed = 1;
  const next = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let count = 0; count < 20_000; count++) {
    const inside = Array.from({ length: next(8) }, () => pieces[next(pieces.length)]).join("");
    for (const text of [`"${inside}"`, `{"a":"${inside}","1":["${inside}"]}`]) {
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        assert.throws(() => parseJson(text), SyntaxError, text);
        continue;
      }
      assert.deepEqual(parseJson(text), expected, text);
    }
  }
});

test("invalid JSON is still rejected", () => {
  for (const text of ["", '"1', '"1"2"', '["1""2"]', '"\\u003"', '{"1":}', '"\\x1"']) {
    assert.throws(() => parseJson(text), SyntaxError, text);
  }
});
