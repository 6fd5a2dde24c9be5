/** An event's metadata: as it was sent, and as ClickHouse's JSON type can hold it. */
import { HttpError } from "../errors.ts";
import { MAX_EVENT_BYTES, MAX_JSON_DEPTH } from "../limits.ts";
import { fieldAt, isObject } from "../openapi/schema.ts";
import { areEqual } from "./equal.ts";
import { isInteger64, rawNumber } from "./json.ts";
import type { Fields } from "./schema.ts";

/** The two columns as JSON. */
export interface Metadata {
  /** Every value as the client sent it. */
  readonly text: string;
  /** Null if ClickHouse derives it from `text`. */
  readonly typed: string | null;
}

/**
 * Return the metadata, including the event's fields that are not columns.
 *
 * @throws HttpError 400 nested too deep, too large, or one name with two values.
 */
export function metadataFrom(own: Fields, others: Fields, place: string): Metadata {
  const all = joined(own, others, place);
  const field = fieldAt(place, "metadata");
  // This check comes first, so that only values within the depth limit are printed.
  const isReadable = isReadableByClickHouse(all, field, 1);
  const text = JSON.stringify(all);
  if (text.length > MAX_EVENT_BYTES) {
    throw new HttpError(400, `${field}: over ${MAX_EVENT_BYTES} bytes; send less of it`);
  }
  return { text, typed: isReadable ? null : JSON.stringify(readable(all)) };
}

/** @throws HttpError 400 one name with two values, of which one would be lost. */
export function joined(own: Fields, others: Fields, place: string): Fields {
  const names = Object.keys(others);
  if (names.length === 0) {
    return own;
  }
  for (const name of names) {
    if (Object.hasOwn(own, name) && !areEqual(own[name], others[name])) {
      throw new HttpError(
        400,
        `${fieldAt(place, name)}: present twice with different values; send one of them`,
      );
    }
  }
  return { ...others, ...own };
}

/**
 * Whether ClickHouse can parse the value as it is printed. ClickHouse rejects half a surrogate pair,
 * integers beyond 64 bits, and exponents beyond those of a double.
 */
function isReadableByClickHouse(value: unknown, field: string, depth: number): boolean {
  if (depth > MAX_JSON_DEPTH) {
    throw new HttpError(400, `${field}: nested deeper than ${MAX_JSON_DEPTH} levels`);
  }
  if (typeof value === "string") {
    return value.isWellFormed();
  }
  let holds = true;
  if (Array.isArray(value)) {
    for (const item of value) {
      holds = isReadableByClickHouse(item, field, depth + 1) && holds;
    }
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      holds = isReadableByClickHouse(value[key], field, depth + 1) && key.isWellFormed() && holds;
    }
  } else if (typeof value === "object" && value !== null) {
    const digits = rawNumber(value);
    return digits !== null && isInteger64(digits);
  }
  return holds;
}

/** The closest value that ClickHouse can parse. */
function readable(value: unknown): unknown {
  if (typeof value === "string") {
    return value.toWellFormed();
  }
  if (Array.isArray(value)) {
    return value.map(readable);
  }
  if (isObject(value)) {
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, item]) => [key.toWellFormed(), readable(item)]));
  }
  const digits = rawNumber(value);
  return digits === null || isInteger64(digits) ? value : asDouble(Number(digits));
}

/** Prints a double with an exponent, because ClickHouse rejects so many digits without one. */
function asDouble(number: number): unknown {
  return Number.isInteger(number) && !Number.isSafeInteger(number)
    ? JSON.rawJSON(number.toExponential())
    : number;
}
