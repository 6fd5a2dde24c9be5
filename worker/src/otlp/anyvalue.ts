/**
 * An AnyValue as the text that the OpenTelemetry Collector stores: `pcommon.Value.AsString` of
 * go.opentelemetry.io/collector/pdata, which is Go's `encoding/json` for arrays and maps.
 */
import { doubleFrom, type Fields, int64From, readFields } from "./fields.ts";
import { ANY_VALUE, ARRAY_VALUE, KEY_VALUE, KEY_VALUE_LIST } from "./schema.ts";

// A string that begins with U+FEFF keeps it: only a whole file's is a byte order mark.
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** Text of an array or a map; empty if it holds a number that JSON has no word for. */
export function anyValueText(fields: Fields): string {
  try {
    return jsonFrom(fields);
  } catch (error) {
    if (error instanceof NotJson) {
      return ""; // what the exporter stores when Go refuses to encode NaN or an infinity
    }
    throw error;
  }
}

class NotJson extends Error {}

function jsonFrom(fields: Fields): string {
  const last = [...fields].at(-1);
  if (last === undefined) {
    return "null";
  }
  const [number, values] = last;
  const bytes = values[values.length - 1] ?? new Uint8Array(0);
  switch (number) {
    case 1:
      return quoted(decoder.decode(bytes));
    case 2:
      return int64From(bytes) === 0n ? "false" : "true";
    case 3:
      return int64From(bytes).toString();
    case 4:
      return numberText(doubleFrom(bytes));
    case 5:
      return arrayText(bytes);
    case 6:
      return mapText(bytes);
    default:
      // Go's empty byte slice is nil, and nil is null.
      return bytes.length === 0 ? "null" : `"${base64(bytes)}"`;
  }
}

function arrayText(bytes: Uint8Array): string {
  const values = readFields(ARRAY_VALUE, bytes).get(1) ?? [];
  return `[${values.map((value) => jsonFrom(readFields(ANY_VALUE, value))).join(",")}]`;
}

/** Keys in byte order and each once, the last one's value: what Go does with a map. */
function mapText(bytes: Uint8Array): string {
  // Under a letter: a Map's keys collide where their sender wants, if they are numbers alone
  // (`parse_json.ts`). 60,000 of them took 11 s.
  const entries = new Map<string, string>();
  for (const pair of readFields(KEY_VALUE_LIST, bytes).get(1) ?? []) {
    const fields = readFields(KEY_VALUE, pair);
    const key = decoder.decode(fields.get(1)?.at(-1) ?? new Uint8Array(0));
    entries.set(`k${key}`, jsonFrom(readFields(ANY_VALUE, joined(fields.get(2) ?? []))));
  }
  const sorted = [...entries].sort(([left], [right]) => compareUtf8(left, right));
  return `{${sorted.map(([key, value]) => `${quoted(key.slice(1))}:${value}`).join(",")}}`;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 && parts[0] !== undefined
    ? parts[0]
    : Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** UTF-8 sorts by code point, JavaScript by UTF-16 unit: they differ beyond U+FFFF. */
function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const difference = rank(left.charCodeAt(at)) - rank(right.charCodeAt(at));
    if (difference !== 0) {
      return difference;
    }
  }
  return left.length - right.length;
}

/** Halves of surrogate pairs come after all other units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

function quoted(text: string): string {
  // Go escapes the two line separators even where HTML escaping is off.
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (char) =>
    char === "\u2028" ? "\\u2028" : "\\u2029",
  );
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) {
    throw new NotJson();
  }
  return Object.is(value, -0) ? "-0" : String(value);
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) {
    binary += String.fromCharCode(byte);
  }
  return btoa(binary);
}
