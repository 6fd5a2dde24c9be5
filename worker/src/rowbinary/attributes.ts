/**
 * Writes attributes as `Map(LowCardinality(String), String)`: sorted by key, equal keys in the order
 * of the request, as in the Collector's exporter and in `attributeMap` of `tables/otlp.ts`.
 */
import { doubleAt, doubleText, int32From, int64Text } from "../otlp/numbers.ts";
import { ANY_VALUE, KEY_VALUE, numberNamed } from "../otlp/schema.ts";
import { MessageReader, type Ranges } from "./message.ts";
import type { RowWriter } from "./writer.ts";

const KEY = numberNamed(KEY_VALUE, "key");
const VALUE = numberNamed(KEY_VALUE, "value");
const STRING = numberNamed(ANY_VALUE, "stringValue");
const BOOL = numberNamed(ANY_VALUE, "boolValue");
const INT = numberNamed(ANY_VALUE, "intValue");
const DOUBLE = numberNamed(ANY_VALUE, "doubleValue");
const BYTES = numberNamed(ANY_VALUE, "bytesValue");
/** Longer lists use the engine's sort, which allocates; a sender may send 100,000 attributes. */
const INSERTION_SORT_COUNT = 32;

const pair = new MessageReader(KEY_VALUE);
const value = new MessageReader(ANY_VALUE);
/** The ranges of the keys and values being sorted. It is reused, so that a map allocates nothing. */
const keyFrom: number[] = [];
const keyEnd: number[] = [];
const valueFrom: number[] = [];
const valueEnd: number[] = [];
const order: number[] = [];

export function writeAttributes(out: RowWriter, bytes: Uint8Array, list: Ranges): void {
  const { count } = list;
  for (let index = 0; index < count; index++) {
    pair.read(bytes, list.from(index), list.end(index));
    keyFrom[index] = pair.from(KEY);
    keyEnd[index] = pair.end(KEY);
    valueFrom[index] = pair.from(VALUE);
    valueEnd[index] = pair.end(VALUE);
    order[index] = index;
  }
  sort(bytes, count);
  out.count(count);
  for (let place = 0; place < count; place++) {
    const index = order[place] as number;
    out.string(bytes, keyFrom[index] as number, keyEnd[index] as number);
    writeValue(out, bytes, valueFrom[index] as number, valueEnd[index] as number);
  }
}

/** Return the value of the first attribute with this key as a string; empty if there is none. */
export function writeAttribute(
  out: RowWriter,
  bytes: Uint8Array,
  list: Ranges,
  key: Uint8Array,
): void {
  for (let index = 0; index < list.count; index++) {
    pair.read(bytes, list.from(index), list.end(index));
    if (compare(bytes, pair.from(KEY), pair.end(KEY), key, 0, key.length) === 0) {
      writeValue(out, bytes, pair.from(VALUE), pair.end(VALUE));
      return;
    }
  }
  out.count(0);
}

/** Return the member that is set, as a string. Stored bodies have arrays and maps as strings. */
export function writeValue(out: RowWriter, bytes: Uint8Array, from: number, end: number): void {
  value.read(bytes, from, end);
  if (value.has(STRING)) {
    out.string(bytes, value.from(STRING), value.end(STRING));
  } else if (value.has(INT)) {
    out.ascii(int64Text(bytes, value.from(INT), value.end(INT)));
  } else if (value.has(DOUBLE)) {
    out.ascii(doubleText(doubleAt(bytes, value.from(DOUBLE))));
  } else if (value.has(BOOL)) {
    out.ascii(int32From(bytes, value.from(BOOL), value.end(BOOL)) === 0 ? "false" : "true");
  } else {
    out.base64(bytes, value.from(BYTES), value.end(BYTES));
  }
}

function sort(bytes: Uint8Array, count: number): void {
  if (count > INSERTION_SORT_COUNT) {
    const sorted = order.slice(0, count).sort((one, other) => compareKeys(bytes, one, other));
    sorted.forEach((index, place) => {
      order[place] = index;
    });
    return;
  }
  for (let place = 1; place < count; place++) {
    const index = order[place] as number;
    let to = place;
    while (to > 0 && compareKeys(bytes, order[to - 1] as number, index) > 0) {
      order[to] = order[to - 1] as number;
      to--;
    }
    order[to] = index;
  }
}

function compareKeys(bytes: Uint8Array, one: number, other: number): number {
  return compare(
    bytes,
    keyFrom[one] as number,
    keyEnd[one] as number,
    bytes,
    keyFrom[other] as number,
    keyEnd[other] as number,
  );
}

/** Compare by bytes, a prefix first, which is ClickHouse's order of strings. */
function compare(
  left: Uint8Array,
  leftFrom: number,
  leftEnd: number,
  right: Uint8Array,
  rightFrom: number,
  rightEnd: number,
): number {
  const size = Math.min(leftEnd - leftFrom, rightEnd - rightFrom);
  for (let at = 0; at < size; at++) {
    const difference = (left[leftFrom + at] as number) - (right[rightFrom + at] as number);
    if (difference !== 0) {
      return difference;
    }
  }
  return leftEnd - leftFrom - (rightEnd - rightFrom);
}
