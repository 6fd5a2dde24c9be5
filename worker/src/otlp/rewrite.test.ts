import assert from "node:assert/strict";
import { test } from "node:test";
import { lastMember, writeAnyValueText } from "./anyvalue.ts";
import { NOW_MS, START, scanTraces, time, WINDOW } from "./fixtures.ts";
import { ProtobufWriter } from "./protobuf_writer.ts";
import { rewrite } from "./rewrite.ts";
import { scan } from "./scan.ts";
import { LOGS, METRICS, TRACES } from "./schema.ts";

const rewriteTraces = (bytes: Uint8Array): Uint8Array =>
  rewrite(TRACES, bytes, WINDOW, NOW_MS).bytes;

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

function textOf(value: number[]): string {
  const bytes = Uint8Array.from(value);
  const member = lastMember(bytes, [0, bytes.length]);
  assert.ok(member !== null);
  const out = new ProtobufWriter(0, 1_000, "as text");
  writeAnyValueText(out, bytes, member);
  return new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(out.whole());
}

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
  // The order of UTF-16 would put the surrogate pair first.
  assert.equal(
    textOf(map(["\u{1F600}", int(1)], ["\uffee", int(2)])),
    '{"\uffee":2,"\u{1F600}":1}',
  );
});

test("a number that JSON cannot represent empties the whole string", () => {
  assert.equal(textOf(array(int(1), double(Number.NaN))), "");
});

test("a rewritten body needs no rewriting and keeps its spans", () => {
  const attribute = field(9, field(1, utf8("k")), field(2, array(int(1), text("a"))));
  const span = [
    ...START,
    ...attribute,
    ...field(15, [3 * 8, 2]),
    ...field(15, field(2, utf8("m"))),
  ];
  const body = Uint8Array.from(field(1, field(2, field(2, span))));
  assert.equal(scanTraces(body).needsRewrite, true);
  const rewritten = rewriteTraces(body);
  const { days, ...rest } = scanTraces(rewritten);
  assert.deepEqual(rest, { rows: 1, tables: 1, needsRewrite: false, repeatedBytes: 0 });
  assert.deepEqual(days, rewrite(TRACES, body, WINDOW, NOW_MS).days);
  const expected = [
    ...START,
    ...field(9, field(1, utf8("k")), field(2, text('[1,"a"]'))),
    ...field(15, [3 * 8, 2], field(2, utf8("m"))),
  ];
  assert.deepEqual([...rewritten], field(1, field(2, field(2, expected))));
});

test("very many values of one field are rewritten", () => {
  const attributes = 300_000;
  const varint = (length: number): number[] =>
    length < 128 ? [length] : [(length & 127) | 128, ...varint(length >> 7)];
  const within = (tag: number, content: Uint8Array): Uint8Array =>
    Uint8Array.from([tag, ...varint(content.length), ...content]);
  const span = new Uint8Array(2 * attributes + 4 + START.length);
  for (let at = 0; at < 2 * attributes; at += 2) {
    span[at] = 9 * 8 + 2;
  }
  span.set([...START, 6 * 8, 1, 6 * 8, 2], 2 * attributes); // a kind that comes twice
  const body = within(10, within(18, within(18, span)));
  assert.equal(scanTraces(body).needsRewrite, true);
  assert.equal(rewriteTraces(body).length, body.length - 2);
});

test("the last member of a oneof is kept", () => {
  const value = [...text("first"), ...int(7)];
  const body = Uint8Array.from(field(1, field(1, field(1, field(1, 0x61), field(2, value)))));
  const expected = field(1, field(1, field(1, field(1, 0x61), field(2, int(7)))));
  assert.deepEqual([...rewriteTraces(body)], expected);
});

test("rows of a oneof's member that another one replaced are not counted", () => {
  const point = field(1, time(3, NOW_MS));
  const metric = [...field(5, point, point), ...field(7, point)];
  const body = Uint8Array.from(field(1, field(2, field(2, metric))));
  assert.equal(scan(METRICS, body, WINDOW).rows, 3);
  assert.equal(rewrite(METRICS, body, WINDOW, NOW_MS).rows, 1);
});

test("rows that cannot be stored are counted separately", () => {
  const spans = [...field(2, START, field(1, [1, 2])), ...field(2, START)];
  const body = Uint8Array.from(field(1, field(2, spans)));
  const { rows, rejected } = rewrite(TRACES, body, WINDOW, NOW_MS);
  assert.equal(rows, 1);
  assert.equal(rejected.rows, 1);
  assert.deepEqual([...rejected.byReason], [["invalid_id", 1]]);
});

test("the window's edges are exact to the millisecond", () => {
  const { fromMs, toMs } = WINDOW;
  for (const [timeMs, nanos, reason] of [
    [fromMs, 0n, null],
    [fromMs, -1n, "too_old"],
    [toMs, 999_999n, null],
    [toMs + 1, 0n, "too_far_ahead"],
    [0, 1n, "too_old"],
    [0, 0n, "no_time"],
    [0, 2n ** 64n - 1n, "too_far_ahead"],
  ] as const) {
    const body = Uint8Array.from(field(1, field(2, field(2, time(7, timeMs, nanos)))));
    const { rows, rejected, days } = rewrite(TRACES, body, WINDOW, NOW_MS);
    assert.deepEqual([...rejected.byReason.keys()], reason === null ? [] : [reason]);
    assert.equal(rows, reason === null ? 1 : 0);
    assert.equal(days === null, reason !== null);
  }
});

test("the error for a rejected time names the window", () => {
  const body = Uint8Array.from(field(1, field(2, field(2, time(7, 1_000)))));
  assert.equal(
    rewrite(TRACES, body, WINDOW, NOW_MS).rejected.reason,
    "Span: startTimeUnixNano is 1970-01-01T00:00:01.000Z, allowed: from 2026-12-16T08:00:00.000Z " +
      "(how long rows are kept) to 2027-01-16T08:00:00.000Z",
  );
});

test("a log record without a time gets its time of arrival", () => {
  const body = Uint8Array.from(field(1, field(2, field(2, field(3, utf8("INFO"))))));
  const { bytes, rows, hasArrivalTimes } = rewrite(LOGS, body, WINDOW, NOW_MS);
  assert.equal(rows, 1);
  assert.equal(hasArrivalTimes, true);
  const expected = field(1, field(2, field(2, field(3, utf8("INFO")), time(11, NOW_MS))));
  assert.deepEqual([...bytes], expected);
  assert.equal(rewrite(LOGS, bytes, WINDOW, NOW_MS).hasArrivalTimes, false);
});

test("an exemplar that cannot be stored is removed from its data point", () => {
  const late = field(5, time(2, 2 ** 32 * 1000));
  const good = field(5, time(2, 1));
  const point = [...time(3, NOW_MS), ...late, ...good];
  const within = (content: number[]): number[] =>
    field(1, field(2, field(2, field(5, field(1, content)))));
  const { bytes, rows, rejected } = rewrite(
    METRICS,
    Uint8Array.from(within(point)),
    WINDOW,
    NOW_MS,
  );
  assert.deepEqual([...bytes], within([...time(3, NOW_MS), ...good]));
  assert.deepEqual([rows, rejected.rows, rejected.exemplars], [1, 0, 1]);
  assert.match(String(rejected.exemplarReason), /^Exemplar: timeUnixNano is after 2106/);
});

test("a string inside an array or a map keeps its U+FEFF", () => {
  assert.equal(textOf(array(text("\ufeffa"))), '["\ufeffa"]');
  assert.equal(textOf(map(["\ufeffk", text("\ufeff")])), '{"\ufeffk":"\ufeff"}');
});

function lengthPrefixed(tag: number, content: Uint8Array): Uint8Array {
  const out = new ProtobufWriter(content.length, 64 * 1024 * 1024, "as bytes");
  out.varint(0, tag);
  out.varint(0, content.length);
  out.copy(content, 0, content.length);
  return out.whole();
}

/** Return a map with one entry, which has an empty value and then `value`. */
function mapOfTwoValues(value: Uint8Array): Uint8Array {
  const key = [...field(1, 0x6b), ...field(2)];
  const inner = lengthPrefixed(18, value);
  const pair = new Uint8Array(key.length + inner.length);
  pair.set(key);
  pair.set(inner, key.length);
  return lengthPrefixed(50, lengthPrefixed(10, pair));
}

test("a value in pieces is the member of the last piece, at any depth and without a copy", () => {
  let value = lengthPrefixed(10, new Uint8Array(100_000).fill(0x61));
  for (let depth = 0; depth < 18; depth++) {
    value = mapOfTwoValues(value);
  }
  const member = lastMember(value, [0, value.length]);
  assert.ok(member !== null);
  const out = new ProtobufWriter(0, 1_000_000, "as text");
  writeAnyValueText(out, value, member);
  const expected = `${'{"k":'.repeat(18)}"${"a".repeat(100_000)}"${"}".repeat(18)}`;
  assert.equal(new TextDecoder().decode(out.whole()), expected);
  assert.equal(textOf([...text("first"), ...int(7)]), "7");
});

test("strings in arrays are escaped as JSON, and invalid UTF-8 is replaced", () => {
  const lead = [0x61, 0xc1, 0xc3, 0xe0, 0xe2, 0xed, 0xf0, 0xf4, 0xff];
  const next = [0x7f, 0x80, 0x8f, 0x9f, 0xa8, 0xbf, 0x22, 0x5c, 0x0a, 0x01];
  const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
  for (const first of lead) {
    for (const second of next) {
      for (const third of next) {
        const bytes = [first, second, third, 0x80, 0xe2];
        const decoded = decoder.decode(Uint8Array.from(bytes));
        const expected = JSON.stringify(decoded).replace("\u2028", "\\u2028");
        assert.equal(textOf(array(field(1, bytes))), `[${expected}]`, bytes.join());
      }
    }
  }
  assert.equal(textOf(array(text("\u2029\u{1F600}"))), '["\\u2029\u{1F600}"]');
});

test("a value that would be too long as a string is rejected while it is written", () => {
  const controls = new Uint8Array(5 * 1024 * 1024).fill(1); // six bytes each as JSON
  const list = lengthPrefixed(42, lengthPrefixed(10, lengthPrefixed(10, controls)));
  const record = lengthPrefixed(
    10,
    lengthPrefixed(18, lengthPrefixed(18, lengthPrefixed(42, list))),
  );
  assert.throws(() => rewrite(LOGS, record, WINDOW, NOW_MS), {
    status: 413,
    message: /^body: with its arrays as strings, over the limit; at most \d+ bytes/,
  });
});

test("lists of numbers keep 64 bits and are one list", () => {
  const counts = [...field(2, 5, [0xff, 1]), ...[16, 7], ...field(2, [...Array(9).fill(0xff), 3])];
  const point = [...time(3, NOW_MS), ...field(8, counts)];
  const within = (content: number[]): number[] =>
    field(1, field(2, field(2, field(10, field(1, content)))));
  const list = field(2, 5, [0xff, 1], 7, [...Array(9).fill(0xff), 1]);
  assert.deepEqual(
    [...rewrite(METRICS, Uint8Array.from(within(point)), WINDOW, NOW_MS).bytes],
    within([...time(3, NOW_MS), ...field(8, list)]),
  );
});
