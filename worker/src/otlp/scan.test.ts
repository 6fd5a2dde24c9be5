import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpError } from "../errors.ts";
import { MAX_REPEATED_BYTES, MAX_ROWS_PER_BODY, REPEATED_MESSAGE_BYTES } from "../limits.ts";
import { DAY_MS, NOW_MS, START, scanTraces, time, WINDOW } from "./fixtures.ts";
import { type Scan, scan } from "./scan.ts";
import { LOGS, METRICS, TRACES } from "./schema.ts";

/** A length-delimited field. */
function field(number: number, ...content: (number | number[])[]): number[] {
  const bytes = content.flat();
  assert.ok(bytes.length < 128);
  return [number * 8 + 2, bytes.length, ...bytes];
}

/** A request whose only span has a start and these fields. */
function requestWith(...span: number[][]): Uint8Array {
  return Uint8Array.from(field(1, field(2, field(2, START, span.flat()))));
}

/** Without the days, and what is repeated. */
function outline(bytes: Uint8Array): Omit<Scan, "days" | "repeatedBytes"> {
  const { days: _days, repeatedBytes: _repeatedBytes, ...rest } = scanTraces(bytes);
  return rest;
}

const attribute = (value: number[]): number[] => field(9, field(1, 0x61), field(2, value));

function errorOf(bytes: Uint8Array | number[]): HttpError {
  try {
    scanTraces(Uint8Array.from(bytes));
  } catch (error) {
    assert.ok(error instanceof HttpError);
    return error;
  }
  throw new Error("was not rejected");
}

test("spans are counted over all resources and scopes", () => {
  const scope = field(2, field(2, START), field(2, START));
  const bytes = Uint8Array.from([...field(1, scope, scope), ...field(1, scope), ...field(1)]);
  assert.deepEqual(outline(bytes), { rows: 6, tables: 1, needsRewrite: false });
});

test("an empty body is a request without spans", () => {
  assert.deepEqual(outline(new Uint8Array(0)), { rows: 0, tables: 0, needsRewrite: false });
});

test("unknown fields are skipped by their wire type", () => {
  const unknown = [0xa0, 0x06, 5, 0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0xa5, 0x06, 1, 2, 3, 4];
  assert.equal(scanTraces(requestWith(unknown, [0xfa, 0x01, 2, 9, 9])).rows, 1);
});

test("a body with an unknown field next to the resources is rewritten", () => {
  const known = field(1, field(2, field(2, START)));
  for (const unknown of [field(2, 9), [0xa0, 0x06, 5], [0xfa, 0x01, 2, 9, 9]]) {
    const bytes = Uint8Array.from([...known, ...unknown]);
    assert.deepEqual(outline(bytes), { rows: 1, tables: 1, needsRewrite: true });
  }
  assert.equal(scanTraces(requestWith([0xfa, 0x01, 2, 9, 9])).needsRewrite, false);
});

test("scalar values need no rewriting", () => {
  const text = attribute(field(1, 0x62));
  const number = attribute([3 * 8, 0xff, 0x01]);
  assert.equal(scanTraces(requestWith(text, number)).needsRewrite, false);
});

test("arrays, maps, a second oneof member and a message in pieces need rewriting", () => {
  for (const span of [
    attribute(field(5)),
    attribute(field(6)),
    attribute([...field(1, 0x62), 2 * 8, 1]),
    [...field(15), ...field(15)],
  ]) {
    assert.equal(scanTraces(requestWith(span)).needsRewrite, true);
  }
});

test("an attribute that begins like a usual one is scanned to its end", () => {
  const text = field(2, field(1, 0x62));
  const int = (...bytes: number[]): number[] =>
    field(9, field(1, 0x61), field(2, [3 * 8, ...bytes]));
  for (const [span, needsRewrite] of [
    [field(9, field(1, 0x61), text, text), true],
    [field(9, text, field(1, 0x61)), false],
    [attribute([]), false],
    [attribute([2 * 8, 2]), true],
    [attribute([4 * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8]), false],
    [int(...new Array<number>(9).fill(0xff), 1), false],
    [int(...new Array<number>(9).fill(0xff), 2), true],
    [field(9, [0x0a, 0x81, 0, 0x61], text), false],
  ] as const) {
    assert.deepEqual(outline(requestWith([...span])), { rows: 1, tables: 1, needsRewrite });
  }
  for (const span of [
    attribute([1 * 8 + 2, 2, 0x62]),
    attribute([3 * 8, 0xff]),
    attribute([4 * 8 + 1, 1, 2, 3]),
    field(9, [0x0a, 0xff, 0, 0x61], text),
  ]) {
    assert.equal(errorOf(requestWith(span)).status, 400);
  }
});

test("an error is a 400 that names the position", () => {
  for (const [bytes, words] of [
    [[0x0a], "variable-length number does not end"],
    [[0x0a, 5, 1], "field 1 is longer than its message"],
    [[0x08, 1], "field 1 has wire type 0"],
    [[0x00, 1], "field 0 has wire type 0"],
    [[0x13], "wire type 3"],
    [[0x11, 1, 2], "a fixed number is cut off"],
    [Array(11).fill(0xff), "does not end"],
  ] as const) {
    const { status, message } = errorOf([...bytes]);
    assert.equal(status, 400);
    assert.ok(message.includes(words), message);
  }
});

test("a tag of more than 32 bits is rejected", () => {
  assert.match(errorOf([0xfa, 0xff, 0xff, 0xff, 0xff, 0x01, 0]).message, /has wire type/);
});

test("values that are nested too deep are rejected", () => {
  let value: number[] = [];
  for (let depth = 0; depth < 25; depth++) {
    value = field(5, field(1, value));
  }
  // 25 arrays are 50 messages, plus the five that hold the attribute: under the limit of 64.
  assert.equal(scanTraces(requestWith(attribute(value))).rows, 1);
  const deep = new Uint8Array(100_000);
  const lengths = [0x0a, 0xff, 0xff, 0x7f];
  assert.equal(errorOf(Uint8Array.from([...lengths, ...deep])).status, 400);
});

test("more spans than one body may have are a 413", () => {
  const spans = new Uint8Array(2 * (MAX_ROWS_PER_BODY + 1));
  for (let at = 0; at < spans.length; at += 2) {
    spans[at] = 0x12;
  }
  const length = (bytes: number): number[] => [
    (bytes & 127) | 128,
    ((bytes >> 7) & 127) | 128,
    bytes >> 14,
  ];
  const scope = [0x12, ...length(spans.length), ...spans];
  const { status, message } = errorOf([0x0a, ...length(scope.length), ...scope]);
  assert.equal(status, 413);
  assert.match(message, /spans: 100001/);
});

test("the days of a body are those of its rows", () => {
  const span = (timeMs: number): number[] => field(2, time(7, timeMs));
  const spans = [NOW_MS - 3 * DAY_MS, NOW_MS, NOW_MS - DAY_MS].flatMap(span);
  const { days } = scanTraces(Uint8Array.from(field(1, field(2, spans))));
  const today = Math.floor(NOW_MS / DAY_MS);
  assert.deepEqual(days, { fromDay: today - 3, toDay: today });
  assert.equal(scanTraces(new Uint8Array(0)).days, null);
});

test("a row outside the window, at its edges or without a time needs rewriting", () => {
  const { fromMs, toMs } = WINDOW;
  for (const [timeMs, needsRewrite] of [
    [NOW_MS, false],
    [fromMs + 10_000, false],
    [fromMs - 1, true],
    [fromMs, true],
    [toMs - 10_000, false],
    [toMs + 1, true],
    [0, true],
  ] as const) {
    const span = Uint8Array.from(field(1, field(2, field(2, time(7, timeMs)))));
    assert.equal(scanTraces(span).needsRewrite, needsRewrite, String(timeMs));
  }
  assert.equal(scanTraces(Uint8Array.from(field(1, field(2, field(2))))).needsRewrite, true);
});

test("the observed time counts for a log record without a time", () => {
  const needsRewrite = (...fields: number[][]): boolean =>
    scan(LOGS, Uint8Array.from(field(1, field(2, field(2, fields.flat())))), WINDOW).needsRewrite;
  assert.equal(needsRewrite(time(1, NOW_MS)), false);
  assert.equal(needsRewrite(time(11, NOW_MS)), false);
  assert.equal(needsRewrite(time(1, NOW_MS), time(11, 1)), false);
  assert.equal(needsRewrite(time(1, 1), time(11, NOW_MS)), true);
  assert.equal(needsRewrite(time(11, 1)), true);
  assert.equal(needsRewrite(), true);
});

test("the time of a data point counts, not its start or an exemplar's", () => {
  const needsRewrite = (...fields: number[][]): boolean => {
    const metric = field(5, field(1, fields.flat()));
    return scan(METRICS, Uint8Array.from(field(1, field(2, field(2, metric)))), WINDOW)
      .needsRewrite;
  };
  assert.equal(needsRewrite(time(3, NOW_MS), time(2, 1)), false);
  assert.equal(needsRewrite(time(3, NOW_MS), field(5, time(2, 1))), false);
  assert.equal(needsRewrite(time(2, NOW_MS)), true);
  assert.equal(needsRewrite(time(3, NOW_MS), time(2, 2 ** 32 * 1000)), true);
});

/** A length-delimited field of any length. */
function longField(number: number, content: Uint8Array | number[]): Uint8Array {
  const head = [number * 8 + 2];
  let rest = content.length;
  for (; rest > 127; rest >>= 7) {
    head.push((rest & 127) | 128);
  }
  return Uint8Array.from([...head, rest, ...content]);
}

/** Bytes of messages that rows repeat, and how many messages they are. */
const weight = (bytes: number, messages: number): number =>
  bytes + REPEATED_MESSAGE_BYTES * messages;

test("rows repeat their resource and scope, but not other rows", () => {
  const resource = field(1, field(1, field(1, 0x61), field(2, field(1, 0x62))));
  const scope = field(1, field(1, 0x73, 0x73, 0x73));
  const spans = (count: number): number[] =>
    new Array(count).fill(field(2, START, attribute(field(1, 0x62)))).flat();
  const body = [
    ...field(1, resource, field(2, scope, spans(2)), field(2, spans(1))),
    ...field(1, resource),
    ...field(1, field(2, spans(1))),
  ];
  // The resource, its attribute and that one's value; and the scope. Three spans are of the former.
  const expected = 3 * weight(resource.length, 3) + 2 * weight(scope.length, 1);
  assert.equal(scanTraces(Uint8Array.from(body)).repeatedBytes, expected);
});

test("data points repeat their metric's name and description", () => {
  const name = field(1, 0x6d, 0x6d);
  const text = field(2, new Array(100).fill(0x64));
  const point = field(1, time(3, NOW_MS));
  const metric = longField(2, [...name, ...text, ...field(5, point, point, point)]);
  const body = longField(1, longField(2, metric));
  const { repeatedBytes } = scan(METRICS, body, WINDOW);
  assert.equal(repeatedBytes, 3 * weight(name.length + text.length, 0));
});

test("a small body whose rows repeat too many bytes is a 413 with advice", () => {
  const rows = 10_000;
  const most = Math.floor(MAX_REPEATED_BYTES / rows);
  const bodyWith = (bytes: number, signal: { row: number[]; wrap: number[] }): Uint8Array => {
    const scope = new Uint8Array(rows * signal.row.length);
    for (let at = 0; at < scope.length; at += signal.row.length) {
      scope.set(signal.row, at);
    }
    const key = longField(1, longField(1, longField(1, new Uint8Array(bytes))));
    let inner: Uint8Array = scope;
    for (const number of signal.wrap) {
      inner = longField(number, inner);
    }
    return longField(1, Uint8Array.from([...key, ...inner]));
  };
  for (const [signal, row, wrap] of [
    [TRACES, field(2, START), [2]],
    [LOGS, field(2, time(1, NOW_MS)), [2]],
    [METRICS, field(1, time(3, NOW_MS)), [5, 2, 2]],
  ] as const) {
    const body = (bytes: number): Uint8Array => bodyWith(bytes, { row, wrap: [...wrap] });
    assert.ok(scan(signal, body(most - 200), WINDOW).repeatedBytes <= MAX_REPEATED_BYTES);
    assert.throws(
      () => scan(signal, body(most), WINDOW),
      (error) =>
        error instanceof HttpError &&
        error.status === 413 &&
        /: 10000 repeat \d+ bytes .*send fewer in one body/.test(error.message),
    );
  }
});
