import assert from "node:assert/strict";
import { test } from "node:test";
import { statementFor, type Table, tablesOf } from "../tables/index.ts";
import { rowColumns } from "../tables/otlp.ts";
import { encoderFor } from "./encoder.ts";
import { NotEncodable, UnknownColumns } from "./errors.ts";
import { RowWriter } from "./writer.ts";

const TABLES: readonly Table[] = [
  ...tablesOf("traces"),
  ...tablesOf("logs"),
  ...tablesOf("metrics"),
];

function columnsOf(table: Table): string[] {
  const columns = rowColumns(statementFor(table, "team", { format: "rowbinary", settings: {} }));
  assert.ok(columns !== null && columns.length > 10, table);
  return columns;
}

/** Return a length-delimited field with content of any length. */
function field(number: number, content: Uint8Array | readonly number[]): number[] {
  const length: number[] = [];
  let rest = content.length;
  while (rest > 127) {
    length.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return [number * 8 + 2, ...length, rest, ...content];
}

const text = (value: string): number[] => [...new TextEncoder().encode(value)];

function encoded(columns: readonly string[], request: readonly number[]): Uint8Array {
  const out = new RowWriter(16);
  for (const _full of encoderFor("otel_traces", columns).encode(
    Uint8Array.from(request),
    out,
    () => false,
  )) {
    assert.fail("no piece is full");
  }
  return out.take().slice();
}

const request = (span: readonly number[]): number[] => field(1, field(2, field(2, span)));

const attribute = (key: string, value: string): number[] =>
  field(9, [...field(1, text(key)), ...field(2, field(1, text(value)))]);

/** Return a map of strings. */
const map = (...texts: string[]): number[] => [
  texts.length / 2,
  ...texts.flatMap((each) => [each.length, ...text(each)]),
];

test("every column of every statement can be written", () => {
  for (const table of TABLES) {
    assert.ok(encoderFor(table, columnsOf(table)));
  }
});

test("a column that the script lacks is named", () => {
  assert.throws(() => encoderFor("otel_traces", ["SpanName", "Newer"]), UnknownColumns);
  assert.throws(() => encoderFor("otel_traces", ["SpanName", "Newer"]), /write Newer/);
});

test("columns are written in the order of the statement", () => {
  const span = field(5, text("GET"));
  assert.deepEqual(
    encoded(["SpanName", "TraceState"], request(span)),
    Uint8Array.from([3, ...text("GET"), 0]),
  );
  assert.deepEqual(
    encoded(["TraceState", "SpanName"], request(span)),
    Uint8Array.from([0, 3, ...text("GET")]),
  );
});

test("attributes are sorted by the bytes of their keys, equal keys keep their order", () => {
  const span = [
    ...attribute("b", "1"),
    ...attribute("a", "2"),
    ...attribute("b", "0"),
    ...attribute("", "3"),
    ...attribute("ab", "4"),
  ];
  assert.deepEqual(
    encoded(["SpanAttributes"], request(span)),
    Uint8Array.from(map("", "3", "a", "2", "ab", "4", "b", "1", "b", "0")),
  );
});

test("many attributes are sorted like few", () => {
  const keys = Array.from({ length: 100 }, (_, index) => `k${(index * 37) % 100}`.padEnd(3, "0"));
  const span = keys.flatMap((key, index) => attribute(key, String(index % 10)));
  const sorted = keys.map((key, index) => [key, String(index % 10)] as const);
  sorted.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  assert.deepEqual(
    encoded(["SpanAttributes"], request(span)),
    Uint8Array.from(map(...sorted.flat())),
  );
});

test("fields of a resource apply at any position in the message", () => {
  const resource = field(
    1,
    field(1, [...field(1, text("service.name")), ...field(2, field(1, text("shop")))]),
  );
  const spans = field(2, field(2, field(5, text("GET"))));
  const expected = Uint8Array.from([4, ...text("shop"), 3, ...text("GET")]);
  for (const fields of [
    [...resource, ...spans],
    [...spans, ...resource],
  ]) {
    assert.deepEqual(encoded(["ServiceName", "SpanName"], field(1, fields)), expected);
  }
});

test("damaged requests are rejected or encoded, and never read past their end or in an endless loop", () => {
  const whole = request([
    ...field(5, text("GET")),
    ...attribute("key", "value"),
    0x39,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
  ]);
  const columns = columnsOf("otel_traces");
  let rejected = 0;
  for (let at = 0; at < whole.length; at++) {
    for (const byte of [0, 0x7f, 0xff, (whole[at] as number) ^ 1, (whole[at] as number) ^ 0x10]) {
      for (const damaged of [whole.with(at, byte), whole.slice(0, at)]) {
        try {
          assert.ok(encoded(columns, damaged).length < 10_000);
        } catch (error) {
          assert.ok(error instanceof NotEncodable, String(error));
          rejected++;
        }
      }
    }
  }
  assert.ok(rejected > whole.length);
});

test("a string longer than the writer's memory is passed on in chunks, in order", () => {
  const long = "x".repeat(1_000);
  const pieces: number[] = [];
  const out = new RowWriter(64, (piece) => pieces.push(...piece));
  const bytes = Uint8Array.from(request(field(5, text(long))));
  for (const _full of encoderFor("otel_traces", ["TraceState", "SpanName", "TraceState"]).encode(
    bytes,
    out,
    () => false,
  )) {
    assert.fail("no piece is full");
  }
  const whole = Uint8Array.from([...pieces, ...out.take()]);
  assert.deepEqual(whole, Uint8Array.from([0, 0xe8, 7, ...text(long), 0]));
  assert.ok(out.bytes.length <= 4 * 64);
});
