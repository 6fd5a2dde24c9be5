import assert from "node:assert/strict";
import { test } from "node:test";
import { mayBeInexact } from "./json.ts";

/** Every place that a number can have in an event. */
const PLACES: readonly ((number: string) => string)[] = [
  (number) => number,
  (number) => `{"a":${number}}`,
  (number) => `{ "a" :\t${number}\r\n}`,
  (number) => `[${number}]`,
  (number) => `[1,${number},2]`,
  (number) => `{"a":{"b":[[${number}],"9.5"]},"c":1}`,
];

/** Node's parser does not keep a number's source text. `test_event_values.py` tests the values. */
function assertFound(number: string): void {
  if (JSON.stringify(JSON.parse(number)) !== number) {
    for (const place of PLACES) {
      assert.ok(mayBeInexact(place(number)), place(number));
    }
  }
}

const SPELLINGS = [
  ...["9.90", "1.0", "0.0", "12.10", "123456789.120", "-9.90", "100.00", "0.5000000", "10.0"],
  ...["-0", "-0.0", "-0.5", "0", "-1", "10", "100"],
  ...["1E5", "1e5", "1e+2", "1e-2", "0.10e1", "1.5E-7", "1e400", "-1e400", "0e0", "1.0e0"],
  ...["0.0000001", "0.00000015", "0.000001", "-0.0000001", "0.00000001", "1.0000001"],
  ...[
    "0.1234567890123",
    "0.12345678901234",
    "0.123456789012345678901234567890",
    "1.00000000000001",
  ],
  ...[
    "999999999999999",
    "9007199254740993",
    "18446744073709551616",
    "123456789012345678901234567890",
  ],
];

for (const number of SPELLINGS) {
  test(`${number} is found if JavaScript prints it in another way`, () => assertFound(number));
}

test("random numbers are found if JavaScript prints them in another way", () => {
  for (let index = 0; index < 20_000; index++) {
    assertFound(randomNumber());
  }
});

const EXACT = [
  '{"price":9.95,"count":10,"ids":[17,100,-3]}',
  '{"at":"2026-11-28T10:00:00.120Z","day":"2026-11-20","text":"9.90","ratio":0.000001}',
  '{"id":"123456789012345678901234567890","exponent":"1e5","time":"12:30:10.50"}',
];

for (const text of EXACT) {
  test(`${text} is parsed once`, () => assert.equal(mayBeInexact(text), false));
}

function randomNumber(): string {
  const sign = upTo(2) === 0 ? "-" : "";
  const whole = upTo(3) === 0 ? "0" : `${1 + upTo(8)}${digits(upTo(20))}`;
  const fraction = upTo(3) === 0 ? "" : `.${"0".repeat(upTo(9))}${digits(1 + upTo(9))}`;
  const marks = ["e", "E", "e+", "E-"];
  const exponent = upTo(3) === 0 ? `${marks[upTo(3)]}${digits(1 + upTo(3))}` : "";
  return `${sign}${whole}${fraction}${exponent}`;
}

/** Returns digits with many zeros, because JavaScript omits zeros when it prints a number. */
function digits(count: number): string {
  return Array.from({ length: count }, () => (upTo(2) === 0 ? "0" : String(upTo(9)))).join("");
}

function upTo(last: number): number {
  return Math.floor(Math.random() * (last + 1));
}
