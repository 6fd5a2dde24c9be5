import assert from "node:assert/strict";
import { test } from "node:test";
import { anyValueText } from "./anyvalue.ts";
import { readFields } from "./fields.ts";
import { rewrite } from "./rewrite.ts";
import { type Scan, scan } from "./scan.ts";
import { ANY_VALUE, METRICS, TRACES } from "./schema.ts";

const scanTraces = (bytes: Uint8Array): Scan => scan(TRACES, bytes);
const rewriteTraces = (bytes: Uint8Array): Uint8Array => rewrite(TRACES, bytes).bytes;

function field(number: number, ...content: (number | number[])[]): number[] {
  const bytes = content.flat();
  assert.ok(bytes.length < 128);
  return [number * 8 + 2, bytes.length, ...bytes];
}

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];
const text = (value: string): number[] => field(1, utf8(value));
const int = (value: number): number[] => [3 * 8, value];
const double = (value: number): number[] => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [4 * 8 + 1, ...bytes];
};
const array = (...values: number[][]): number[] => field(5, ...values.map((v) => field(1, v)));
const map = (...pairs: [string, number[]][]): number[] =>
  field(6, ...pairs.map(([key, value]) => field(1, field(1, utf8(key)), field(2, value))));

const textOf = (value: number[]): string =>
  anyValueText(readFields(ANY_VALUE, Uint8Array.from(value)));

test("values nested in arrays and maps are written as Go writes JSON", () => {
  assert.equal(textOf(array()), "[]");
  assert.equal(textOf(map()), "{}");
  assert.equal(textOf(array(text("<&>"), int(5), [], array(int(1)))), '["<&>",5,null,[1]]');
  assert.equal(textOf(array(text("\u2028\b\u0001"))), '["\\u2028\\b\\u0001"]');
  assert.equal(textOf(array(double(-0), double(1e21), double(1e-7))), "[-0,1e+21,1e-7]");
  assert.equal(textOf(array([2 * 8, 1], [2 * 8, 0])), "[true,false]");
  assert.equal(textOf(array(field(7, 0, 255), field(7))), '["AP8=",null]');
});

test("maps are sorted by the bytes of their keys, and the last of equal keys counts", () => {
  assert.equal(textOf(map(["b", int(1)], ["a", int(2)], ["b", int(3)])), '{"a":2,"b":3}');
  // UTF-16 would put the surrogate pair first.
  assert.equal(
    textOf(map(["\u{1F600}", int(1)], ["\uffee", int(2)])),
    '{"\uffee":2,"\u{1F600}":1}',
  );
});

test("a number that JSON cannot hold empties the whole text", () => {
  assert.equal(textOf(array(int(1), double(Number.NaN))), "");
});

test("a rewritten body needs no rewriting and keeps its spans", () => {
  const attribute = field(9, field(1, utf8("k")), field(2, array(int(1), text("a"))));
  const span = [...attribute, ...field(15, [3 * 8, 2]), ...field(15, field(2, utf8("m")))];
  const body = Uint8Array.from(field(1, field(2, field(2, span))));
  assert.deepEqual(scanTraces(body), { rows: 1, tables: 1, needsRewrite: true });
  const rewritten = rewriteTraces(body);
  assert.deepEqual(scanTraces(rewritten), { rows: 1, tables: 1, needsRewrite: false });
  const expected = [
    ...field(9, field(1, utf8("k")), field(2, text('[1,"a"]'))),
    ...field(15, [3 * 8, 2], field(2, utf8("m"))),
  ];
  assert.deepEqual([...rewritten], field(1, field(2, field(2, expected))));
});

test("very many values of one field are rewritten too", () => {
  const attributes = 300_000;
  const varint = (length: number): number[] =>
    length < 128 ? [length] : [(length & 127) | 128, ...varint(length >> 7)];
  const within = (tag: number, content: Uint8Array): Uint8Array =>
    Uint8Array.from([tag, ...varint(content.length), ...content]);
  const span = new Uint8Array(2 * attributes + 4);
  for (let at = 0; at < 2 * attributes; at += 2) {
    span[at] = 9 * 8 + 2;
  }
  span.set([6 * 8, 1, 6 * 8, 2], 2 * attributes); // a kind that comes twice
  const body = within(10, within(18, within(18, span)));
  assert.equal(scanTraces(body).needsRewrite, true);
  assert.equal(rewriteTraces(body).length, body.length - 2);
});

test("the last member of a oneof stays", () => {
  const value = [...text("first"), ...int(7)];
  const body = Uint8Array.from(field(1, field(1, field(1, field(1, 0x61), field(2, value)))));
  const expected = field(1, field(1, field(1, field(1, 0x61), field(2, int(7)))));
  assert.deepEqual([...rewriteTraces(body)], expected);
});

test("rows of a oneof's member that another one replaced are not counted", () => {
  const point = field(1);
  const metric = [...field(5, point, point), ...field(7, point)];
  const body = Uint8Array.from(field(1, field(2, field(2, metric))));
  assert.equal(scan(METRICS, body).rows, 3);
  assert.equal(rewrite(METRICS, body).rows, 1);
});

test("rows that cannot be stored are counted apart from those that are kept", () => {
  const spans = [...field(2, field(1, [1, 2])), ...field(2)];
  const { rows, rejected } = rewrite(TRACES, Uint8Array.from(field(1, field(2, spans))));
  assert.deepEqual({ rows, rejected }, { rows: 1, rejected: 1 });
});
