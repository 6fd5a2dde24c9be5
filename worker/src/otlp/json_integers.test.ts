import assert from "node:assert/strict";
import { test } from "node:test";
import { integerFrom } from "./json_integers.ts";

test("an integer written as a decimal keeps all its digits", () => {
  for (const [text, value] of [
    ["1795917396039716365.0", 1795917396039716365n],
    ["1795917396039716365.000", 1795917396039716365n],
    ["1795917396039716365e0", 1795917396039716365n],
    ["1.795917396039716365E+18", 1795917396039716365n],
    ["17959173960397163650e-1", 1795917396039716365n],
    ["0.18446744073709551615e20", 2n ** 64n - 1n],
    ["-9223372036854775808.0", -(2n ** 63n)],
    ["1e19", 10n ** 19n],
    ["-0.0", 0n],
    ["0e999999999", 0n],
  ] as const) {
    assert.equal(integerFrom(text), value, text);
  }
});

test("a number that is no integer is null, and an integer out of range stays out of range", () => {
  for (const text of ["", "x", "1.5", "1e-1", "1795917396039716365.5", "1e-999999999"]) {
    assert.equal(integerFrom(text), null, text);
  }
  for (const text of ["18446744073709551616.0", "1e20", "1e99", `1e${"9".repeat(400)}`]) {
    assert.ok((integerFrom(text) ?? 0n) >= 2n ** 64n, text);
    assert.ok((integerFrom(`-${text}`) ?? 0n) <= -(2n ** 64n), text);
  }
});
