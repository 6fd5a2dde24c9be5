/** Parses JSON without losing a digit of a number. */
import { HttpError } from "../errors.ts";
import { parseJson } from "./parse_json.ts";

/** Rejects bytes that are not UTF-8; removes a byte order mark at the start. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

const NOT_JSON = "body: not JSON in UTF-8";

/** @throws HttpError 400 */
export function textFrom(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new HttpError(400, `${NOT_JSON}; send valid UTF-8`);
  }
}

/**
 * Matches numbers that JavaScript may print differently, at the start of a value: sixteen or more
 * characters, an exponent, a zero at the end of the decimals, a value below a millionth, or negative
 * zero. JavaScript prints all others as sent (https://tc39.es/ecma262/#sec-numeric-types-number-tostring).
 * Only bodies with a match are parsed with a reviver, which takes twice as long. Ids and times of
 * day in strings do not match.
 */
const MAY_BE_INEXACT =
  /(?:^|[:,[\s])(?:-0|-?\d[\d.]{15,}|-?\d[\d.]*[eE]|-?\d+\.(?:\d*0|0{6}\d+)(?=[\s,\]}]|$))/;

/** Whether JSON may have a number that `JSON.stringify` would print in another way. */
export function mayBeInexact(text: string): boolean {
  return MAY_BE_INEXACT.test(text);
}

/** @throws SyntaxError */
export function valueFrom(text: string): unknown {
  return mayBeInexact(text)
    ? parseJson(text, (_key, item, { source }) => exactNumber(item, source))
    : parseJson(text);
}

/** Return the value of a whole body. @throws HttpError 400 */
export function bodyFrom(text: string): unknown {
  try {
    return valueFrom(text);
  } catch {
    throw new HttpError(400, `${NOT_JSON}; send one event as a JSON object`);
  }
}

/**
 * Also keeps integers beyond 2^53 that JavaScript prints as sent: ClickHouse rejects 20 digits of a
 * double as an integer, so `metadata.ts` has to see them.
 */
function exactNumber(item: unknown, source: string | undefined): unknown {
  if (typeof item !== "number" || source === undefined) {
    return item;
  }
  const isWide = Number.isInteger(item) && !Number.isSafeInteger(item);
  return isWide || String(item) !== source ? JSON.rawJSON(source) : item;
}

/** Return the digits of a number that `valueFrom` preserved; null for any other value. */
export function rawNumber(value: unknown): string | null {
  const mayBe = typeof value === "object" && value !== null && JSON.isRawJSON(value);
  return mayBe ? JSON.stringify(value) : null;
}

const INTEGER = /^-?\d+$/;
const MIN_INT64 = -(2n ** 63n);
const MAX_UINT64 = 2n ** 64n - 1n;

/** Whether ClickHouse has a type for this number that keeps all of its digits. */
export function isInteger64(digits: string): boolean {
  if (!INTEGER.test(digits) || digits.length > 20) {
    return false;
  }
  const number = BigInt(digits);
  return number >= MIN_INT64 && number <= MAX_UINT64;
}
