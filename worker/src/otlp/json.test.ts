import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpError } from "../errors.ts";
import { protobufFromJson } from "./json.ts";
import { LOGS, METRICS, type Signal, TRACES } from "./schema.ts";

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];

/** Return a length-delimited field. */
function field(number: number, ...content: (number | number[])[]): number[] {
  const bytes = content.flat();
  assert.ok(bytes.length < 128);
  return [number * 8 + 2, bytes.length, ...bytes];
}

const convert = (signal: Signal, json: string): number[] => [
  ...protobufFromJson(signal, new TextEncoder().encode(json)),
];

/** Return the bytes of a span that has these members. */
function span(members: string): number[] {
  const bytes = convert(TRACES, `{"resourceSpans":[{"scopeSpans":[{"spans":[{${members}}]}]}]}`);
  assert.ok(bytes.length < 128);
  return bytes.slice(6);
}

const value = (json: string): number[] => span(`"attributes":[{"value":${json}}]`).slice(4);

function errorOf(json: string, signal: Signal = TRACES): HttpError {
  try {
    convert(signal, json);
  } catch (error) {
    assert.ok(error instanceof HttpError);
    return error;
  }
  throw new Error("was not rejected");
}

test("white space, unknown fields and nulls are skipped", () => {
  const json =
    ' \n{ "resourceSpans" : [ ] ,\t"new":{"a":[1,-2.5e3,"}\\"",true,{}],"b":null},"x":null}\r ';
  assert.deepEqual(convert(TRACES, json), []);
  assert.deepEqual(span('"name":null,"status":null,"events":null'), []);
});

test("ids are hexadecimal, bytes are base64 of either alphabet", () => {
  assert.deepEqual(span('"spanId":"00aBfF0102030405"'), field(2, 0, 0xab, 0xff, 1, 2, 3, 4, 5));
  assert.deepEqual(value('{"bytesValue":"+/8="}'), field(7, 0xfb, 0xff));
  assert.deepEqual(value('{"bytesValue":"-_8"}'), field(7, 0xfb, 0xff));
});

test("strings keep every character", () => {
  const text = 'é 漢 \u{1F600} " \\ / \b\f\n\r\t \u0000';
  const escaped = JSON.stringify(text).replaceAll("/", "\\/");
  assert.deepEqual(span(`"name":${escaped}`), field(5, utf8(text)));
  const units = [...text].flatMap((char) =>
    Array.from({ length: char.length }, (_, at) => char.charCodeAt(at)),
  );
  const spelled = units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  assert.deepEqual(span(`"name":"${spelled}"`), field(5, utf8(text)));
  assert.deepEqual(span('"name":"\\ud800x\\udc00"'), field(5, utf8("\ufffdx\ufffd")));
});

test("a field's name may have escapes, and may be the original name", () => {
  assert.deepEqual(span('"n\\u0061me":"x"'), field(5, utf8("x")));
  assert.deepEqual(span('"trace_state":"x"'), field(3, utf8("x")));
});

test("integers keep 64 bits, as numbers or as strings", () => {
  const max = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
  for (const text of ["9223372036854775807", '"9223372036854775807"']) {
    assert.deepEqual(value(`{"intValue":${text}}`), [24, ...max]);
  }
  const min = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1];
  assert.deepEqual(value('{"intValue":-9223372036854775808}'), [24, ...min]);
  assert.deepEqual(value('{"intValue":"-1"}'), [24, ...Array(9).fill(0xff), 1]);
  assert.deepEqual(value('{"intValue":1.0}'), [24, 1]);
  assert.deepEqual(value('{"intValue":3e2}'), [24, 0xac, 2]);
  assert.deepEqual(value('{"intValue":"9223372036854775807.0"}'), [24, ...max]);
  assert.deepEqual(value('{"intValue":-9.223372036854775808E18}'), [24, ...min]);
  const nanoseconds = new Uint8Array(8);
  new DataView(nanoseconds.buffer).setBigUint64(0, 1795000000123456789n, true);
  assert.deepEqual(span('"startTimeUnixNano":1795000000123456789'), [57, ...nanoseconds]);
  assert.deepEqual(span('"endTimeUnixNano":"18446744073709551615"'), [65, ...Array(8).fill(255)]);
});

test("doubles are numbers, numbers in strings, or one of three names", () => {
  const bytes = (number: number): number[] => {
    const eight = new Uint8Array(8);
    new DataView(eight.buffer).setFloat64(0, number, true);
    return [33, ...eight];
  };
  for (const [json, number] of [
    ["0.1", 0.1],
    ["-0.0", -0],
    ["1e300", 1e300],
    ['"-2.5"', -2.5],
    ['"NaN"', Number.NaN],
    ['"Infinity"', Number.POSITIVE_INFINITY],
    ['"-Infinity"', Number.NEGATIVE_INFINITY],
  ] as const) {
    assert.deepEqual(value(`{"doubleValue":${json}}`), bytes(number));
  }
});

test("an enum's value may be a number, a number in a string, or a name", () => {
  for (const json of ["3", '"3"', '"SPAN_KIND_CLIENT"']) {
    assert.deepEqual(span(`"kind":${json}`), [48, 3]);
  }
  const severity = convert(
    LOGS,
    '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":"SEVERITY_NUMBER_ERROR2"}]}]}]}',
  );
  assert.deepEqual(severity.slice(6), [16, 18]);
});

test("repeated numbers are packed, and zigzag numbers are encoded", () => {
  const point = (members: string): number[] => {
    const data = `{"exponentialHistogram":{"dataPoints":[{${members}}]}}`;
    const json = `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[${data}]}]}]}`;
    return convert(METRICS, json).slice(10);
  };
  assert.deepEqual(point('"positive":{"bucketCounts":["1",300]}'), field(8, field(2, 1, 0xac, 2)));
  assert.deepEqual(point('"scale":-3'), [48, 5]);
  assert.deepEqual(point('"scale":-2147483648'), [48, 255, 255, 255, 255, 15]);
});

test("a field of a number above 15 has a tag of two bytes", () => {
  assert.deepEqual(span('"flags":257'), [0x85, 1, 1, 1, 0, 0]);
});

test("long messages have long lengths", () => {
  const text = "x".repeat(100_000);
  const bytes = protobufFromJson(
    LOGS,
    new TextEncoder().encode(
      `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"${text}"}}]}]}]}`,
    ),
  );
  // A string in a body in a record: each has a tag and a length of three bytes.
  assert.equal(bytes.length, 100_000 + 5 * 4);
  assert.deepEqual([...bytes.subarray(0, 8)], [10, 0xb0, 0x8d, 6, 18, 0xac, 0x8d, 6]);
});

test("an error names the field and the byte", () => {
  for (const [json, words] of [
    ["", "is missing"],
    ["[]", '"{" is missing'],
    ["{}x", "bytes follow the request"],
    ['{"resourceSpans":{}}', "resourceSpans: not a list"],
    ['{"resourceSpans":[null]}', "resourceSpans: not an object"],
    ['{"resourceSpans":[{}', '"]" is missing'],
    ['{"resourceSpans":[{"schemaUrl":1}]}', "schemaUrl: not a string"],
    ['{"resourceSpans":[{"schemaUrl":"', "a string does not end"],
    ['{"resourceSpans":[{"schemaUrl":"\n"}]}', "control character"],
    ['{"resourceSpans":[{"schemaUrl":"\\x"}]}', "an escape that is invalid in JSON"],
    ['{"resourceSpans":[{"schemaUrl":"\\u12"}]}', "an escape that is invalid in JSON"],
    ['{"unknown":[1,}', "not a value"],
    ['{"unknown":01x}', "not a value"],
  ] as const) {
    const { status, message } = errorOf(json);
    assert.equal(status, 400);
    assert.ok(message.includes("not an OTLP ExportTraceServiceRequest in JSON: at byte"), message);
    assert.ok(message.includes(words), message);
  }
  for (const [members, words] of [
    ['"traceId":"xy"', "traceId: not pairs of hexadecimal digits"],
    ['"traceId":"abc"', "traceId: not pairs of hexadecimal digits"],
    ['"kind":"CLIENT"', "kind: not one of SPAN_KIND_UNSPECIFIED, "],
    ['"kind":2147483648', "kind: not a signed integer of 32 bits"],
    ['"kind":1.5', "kind: not an integer"],
    ['"kind":1e99', "kind: not a signed integer of 32 bits"],
    ['"startTimeUnixNano":"1795917396039716365.5"', "startTimeUnixNano: not an integer"],
    ['"startTimeUnixNano":1e999999999999', "not an unsigned integer of 64 bits"],
    ['"flags":-1', "flags: not an unsigned integer of 32 bits"],
    ['"startTimeUnixNano":"18446744073709551616"', "not an unsigned integer of 64 bits"],
    ['"startTimeUnixNano":"12', "startTimeUnixNano: not an integer"],
    ['"startTimeUnixNano":true', "startTimeUnixNano: not an integer"],
    ['"attributes":[{"value":{"boolValue":1}}]', "boolValue: neither true nor false"],
    ['"attributes":[{"value":{"doubleValue":"x"}}]', "doubleValue: not a number"],
    ['"attributes":[{"value":{"bytesValue":"!"}}]', "bytesValue: not base64"],
    ['"attributes":[{"value":{"intValue":"9223372036854775808"}}]', "not a signed integer of 64"],
  ] as const) {
    const { message } = errorOf(`{"resourceSpans":[{"scopeSpans":[{"spans":[{${members}}]}]}]}`);
    assert.ok(message.includes(words), message);
  }
});

test("known and unknown values that are nested too deep are rejected", () => {
  assert.match(errorOf(`{"x":${"[".repeat(100_000)}`).message, /nested deeper than/);
  const deep = '{"arrayValue":{"values":['.repeat(10_000);
  const json = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${deep}`;
  assert.match(errorOf(json, LOGS).message, /nested deeper than/);
});

test("numbers that would exceed the memory are a 413", () => {
  const bounds = `${"1,".repeat(3_000_000)}1`;
  const json = `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"histogram":{"dataPoints":[{"explicitBounds":[${bounds}]}]}}]}]}]}`;
  assert.equal(errorOf(json, METRICS).status, 413);
});

test("keys of any length and spelling are skipped", () => {
  const long = "\\u0061".repeat(100_000);
  assert.deepEqual(span(`"${long}":1,"n\\u0061me":"x"`), field(5, 0x78));
  assert.match(errorOf(`{"${long}\\q":1}`).message, /an escape that is invalid in JSON/);
  assert.match(errorOf(`{"${long}`).message, /a string does not end/);
});

test("an attribute is the same in any valid spelling", () => {
  for (const [value, bytes] of [
    ['{"stringValue":"v"}', field(2, field(1, utf8("v")))],
    ['{"stringValue":""}', field(2, field(1))],
    ['{"stringValue":"é\\n\\"\\u00e9"}', field(2, field(1, utf8('é\n"é')))],
    ['{"intValue":"5"}', field(2, 24, 5)],
    ['{"boolValue":true}', field(2, 16, 1)],
    ['{"stringValue":null}', field(2)],
    ["{}", field(2)],
    ["null", []],
    [
      '{"arrayValue":{"values":[{"stringValue":"v"}]}}',
      field(2, field(5, field(1, field(1, utf8("v"))))),
    ],
    [
      '{"kvlistValue":{"values":[{"key":"k","value":{"stringValue":"v"}}]}}',
      field(2, field(6, field(1, field(1, utf8("k")), field(2, field(1, utf8("v")))))),
    ],
  ] as const) {
    const expected = field(9, field(1, utf8("key")), [...bytes]);
    for (const written of [
      `{"key":"key","value":${value}}`,
      `{"key":"key","value":${value},"new":[{}]}`,
      `{"key":"key","value":${value} }`,
      `{"key":"key" , "value":${value}}`,
      `{ "key" : "key", "value" : ${value.replaceAll(":", " : ")}\n}`,
      `{"key":"k\\u0065y","value":${value.replace(/}$/, " }")}}`,
      `{"key":"key","new":0,"value":${value}}`,
    ]) {
      assert.deepEqual(span(`"attributes":[${written}]`), expected, written);
    }
  }
  const swapped = field(9, field(2, field(1, utf8("v"))), field(1, utf8("k")));
  assert.deepEqual(span('"attributes":[{"value":{"stringValue":"v"},"key":"k"}]'), swapped);
});

test("strings of every length, with special characters at every position", () => {
  for (let length = 0; length < 40; length++) {
    const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN\u007f".slice(0, length);
    assert.deepEqual(span(`"name":"${plain}"`), field(5, utf8(plain)));
    for (let at = 0; at < length; at++) {
      const around = (middle: string): string => plain.slice(0, at) + middle + plain.slice(at);
      assert.deepEqual(span(`"name":"${around("\\\\")}"`), field(5, utf8(around("\\"))));
      assert.deepEqual(span(`"name":"${around("é\u0080")}"`), field(5, utf8(around("é\u0080"))));
      assert.match(
        errorOf(`{"resourceSpans":[{"schemaUrl":"${around("\u001f")}"}]}`).message,
        /control/,
      );
    }
  }
});

test("a body that is cut off at any byte is rejected", () => {
  const json =
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"n","traceId":"0af7651916cd43dd8448eb211c80319c",' +
    '"attributes":[{"key":"k","value":{"stringValue":"v"}},{"key":"n","value":{"intValue":"1"}}]}]}]}]}';
  for (let length = 0; length < json.length; length++) {
    assert.equal(errorOf(json.slice(0, length)).status, 400, json.slice(0, length));
  }
});

test("nested attributes are read once at any depth", () => {
  const nested = (levels: number, last: string): string => {
    const inner =
      levels === 0
        ? '{"stringValue":"v"}'
        : `{"kvlistValue":{"values":[${nested(levels - 1, last)}]}}`;
    return `{"key":"k","value":${inner}${last}}`;
  };
  const plain = (last: string) =>
    convert(TRACES, `{"resourceSpans":[{"resource":{"attributes":[${nested(15, last)}]}}]}`);
  assert.deepEqual(plain(',"new":[]'), plain(" "));
});
