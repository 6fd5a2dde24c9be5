/** Whether two JSON values are equal: numbers by value, objects in any order of their keys. */
import { MAX_JSON_DEPTH } from "../limits.ts";
import { isObject } from "../openapi/schema.ts";
import { rawNumber } from "./json.ts";

/** Values nested deeper than metadata may be are never equal. */
export function areEqual(one: unknown, other: unknown, depth = 0): boolean {
  if (depth > MAX_JSON_DEPTH) {
    return false;
  }
  if (Array.isArray(one) && Array.isArray(other)) {
    return (
      one.length === other.length && one.every((item, at) => areEqual(item, other[at], depth + 1))
    );
  }
  if (isObject(one) && isObject(other)) {
    const names = Object.keys(one);
    return (
      names.length === Object.keys(other).length &&
      names.every(
        (name) => Object.hasOwn(other, name) && areEqual(one[name], other[name], depth + 1),
      )
    );
  }
  const [first, second] = [numberFrom(one), numberFrom(other)];
  return first === null || second === null ? one === other : first === second;
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** A number's sign, digits and exponent, without zeros at either end; null for any other value. */
function numberFrom(value: unknown): string | null {
  const source = typeof value === "number" ? JSON.stringify(value) : rawNumber(value);
  const parts = NUMBER.exec(source ?? "");
  if (parts === null) {
    return null;
  }
  const [, sign, whole = "", fraction = "", exponent = "0"] = parts;
  const digits = (whole + fraction).replace(/^0+/, "");
  const kept = withoutLastZeros(digits);
  const power = BigInt(exponent) + BigInt(digits.length - kept.length - fraction.length);
  return kept === "" ? "0" : `${sign}${kept}e${power}`;
}

/** Uses no regular expression, which would be slow for many zeros before another digit. */
function withoutLastZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === "0") {
    end--;
  }
  return digits.slice(0, end);
}
