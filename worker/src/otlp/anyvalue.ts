/**
 * Writes an AnyValue as the string that the OpenTelemetry Collector stores: `pcommon.Value.AsString` of
 * go.opentelemetry.io/collector/pdata, which is Go's `encoding/json` for arrays and maps.
 *
 * It reads bytes and writes bytes, into a buffer with a limit. Nested values are not copied.
 */
import { free } from "../body/bytes.ts";
import { base64Length, writeBase64 } from "./base64.ts";
import { eachField } from "./fields.ts";
import { writeJsonString } from "./json_text.ts";
import { int64Text } from "./numbers.ts";
import type { ProtobufWriter } from "./protobuf_writer.ts";
import { ANY_VALUE, ARRAY_VALUE, KEY_VALUE, KEY_VALUE_LIST } from "./schema.ts";

/** The valid member of an AnyValue, and the range of its value. */
export interface Member {
  number: number;
  from: number;
  end: number;
}

/**
 * Return the last member that is set.
 *
 * @param ranges the parts of the message, which protobuf merges: the last of all members is used.
 */
export function lastMember(bytes: Uint8Array, ranges: readonly number[]): Member | null {
  for (let at = ranges.length - 2; at >= 0; at -= 2) {
    const member = { number: 0, from: 0, end: 0 };
    eachField(ANY_VALUE, bytes, ranges[at] ?? 0, ranges[at + 1] ?? 0, (number, from, end) => {
      member.number = number;
      member.from = from;
      member.end = end;
    });
    if (member.number !== 0) {
      return member;
    }
  }
  return null;
}

/** Write an array or a map as JSON; nothing if it contains a number that JSON cannot represent. */
export function writeAnyValueText(out: ProtobufWriter, bytes: Uint8Array, member: Member): void {
  const start = out.length;
  try {
    new TextOf(out, bytes).member(member);
  } catch (error) {
    if (!(error instanceof NotJson)) {
      throw error;
    }
    out.length = start; // as the exporter does, because Go does not encode NaN and infinities
  }
}

class NotJson extends Error {}

const COMMA = 0x2c;
const COLON = 0x3a;
const QUOTE = 0x22;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

class TextOf {
  readonly #out: ProtobufWriter;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(out: ProtobufWriter, bytes: Uint8Array) {
    this.#out = out;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #value(ranges: readonly number[]): void {
    const member = lastMember(this.#bytes, ranges);
    if (member === null) {
      this.#out.ascii("null");
    } else {
      this.member(member);
    }
  }

  member({ number, from, end }: Member): void {
    const bytes = this.#bytes;
    switch (number) {
      case 1:
        writeJsonString(this.#out, bytes, from, end);
        return;
      case 2:
        this.#out.ascii(int64Text(bytes, from, end) === "0" ? "false" : "true");
        return;
      case 3:
        this.#out.ascii(int64Text(bytes, from, end));
        return;
      case 4:
        this.#out.ascii(numberText(this.#view.getFloat64(from, true)));
        return;
      case 5:
        this.#array(from, end);
        return;
      case 6:
        this.#map(from, end);
        return;
      default:
        this.#base64(from, end);
    }
  }

  #array(from: number, end: number): void {
    const out = this.#out;
    out.byte(OPEN_ARRAY);
    let isFirst = true;
    eachField(ARRAY_VALUE, this.#bytes, from, end, (_number, valueFrom, valueEnd) => {
      if (!isFirst) {
        out.byte(COMMA);
      }
      isFirst = false;
      this.#value([valueFrom, valueEnd]);
    });
    out.byte(CLOSE_ARRAY);
  }

  /** Sorts by the bytes of the keys. Of equal keys the last value counts, as in a Go map. */
  #map(from: number, end: number): void {
    const out = this.#out;
    const entries = new Entries(this.#bytes, from, end);
    out.byte(OPEN_OBJECT);
    entries.eachInOrder((isFirst, { keyFrom, keyEnd, pairFrom, pairEnd }) => {
      if (!isFirst) {
        out.byte(COMMA);
      }
      writeJsonString(out, this.#bytes, keyFrom, keyEnd);
      out.byte(COLON);
      this.#value(valueRanges(this.#bytes, pairFrom, pairEnd));
    });
    out.byte(CLOSE_OBJECT);
    entries.free();
  }

  #base64(from: number, end: number): void {
    const out = this.#out;
    if (from === end) {
      out.ascii("null"); // in Go an empty byte slice is nil, which is encoded as null
      return;
    }
    const length = base64Length(end - from);
    out.reserve(length + 2);
    out.byte(QUOTE);
    writeBase64(out.bytes, out.length, this.#bytes, from, end);
    out.length += length;
    out.byte(QUOTE);
  }
}

function valueRanges(bytes: Uint8Array, pairFrom: number, pairEnd: number): number[] {
  const ranges: number[] = [];
  eachField(KEY_VALUE, bytes, pairFrom, pairEnd, (number, from, end) => {
    if (number === 2) {
      ranges.push(from, end);
    }
  });
  return ranges;
}

interface Entry {
  readonly keyFrom: number;
  readonly keyEnd: number;
  readonly pairFrom: number;
  readonly pairEnd: number;
}

/** The numbers of one entry: the ranges of its key and of the entry. */
const ENTRY_NUMBERS = 4;

/** The entries of a map, as numbers only, because a map can have a million entries. */
class Entries {
  readonly #bytes: Uint8Array;
  readonly #places: Uint32Array;
  readonly #order: Uint32Array;

  constructor(bytes: Uint8Array, from: number, end: number) {
    let count = 0;
    eachField(KEY_VALUE_LIST, bytes, from, end, () => {
      count++;
    });
    this.#bytes = bytes;
    this.#places = new Uint32Array(count * ENTRY_NUMBERS);
    this.#order = new Uint32Array(count);
    let place = 0;
    eachField(KEY_VALUE_LIST, bytes, from, end, (_number, pairFrom, pairEnd) => {
      this.#order[place / ENTRY_NUMBERS] = place;
      this.#set(place, pairFrom, pairEnd);
      place += ENTRY_NUMBERS;
    });
    this.#order.sort((one, other) => this.#compare(one, other) || one - other);
  }

  #set(place: number, pairFrom: number, pairEnd: number): void {
    const places = this.#places;
    places[place + 2] = pairFrom;
    places[place + 3] = pairEnd;
    eachField(KEY_VALUE, this.#bytes, pairFrom, pairEnd, (number, from, end) => {
      if (number === 1) {
        places[place] = from;
        places[place + 1] = end;
      }
    });
  }

  eachInOrder(visit: (isFirst: boolean, entry: Entry) => void): void {
    const places = this.#places;
    let isFirst = true;
    for (let index = 0; index < this.#order.length; index++) {
      const place = this.#order[index] as number;
      const next = this.#order[index + 1];
      if (next === undefined || this.#compare(place, next) !== 0) {
        visit(isFirst, {
          keyFrom: places[place] as number,
          keyEnd: places[place + 1] as number,
          pairFrom: places[place + 2] as number,
          pairEnd: places[place + 3] as number,
        });
        isFirst = false;
      }
    }
  }

  /** Compares by the bytes of the keys. */
  #compare(one: number, other: number): number {
    const bytes = this.#bytes;
    const places = this.#places;
    const oneFrom = places[one] as number;
    const otherFrom = places[other] as number;
    const oneLength = (places[one + 1] as number) - oneFrom;
    const otherLength = (places[other + 1] as number) - otherFrom;
    const length = Math.min(oneLength, otherLength);
    for (let at = 0; at < length; at++) {
      const difference = (bytes[oneFrom + at] as number) - (bytes[otherFrom + at] as number);
      if (difference !== 0) {
        return difference;
      }
    }
    return oneLength - otherLength;
  }

  free(): void {
    free(new Uint8Array(this.#places.buffer));
    free(new Uint8Array(this.#order.buffer));
  }
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) {
    throw new NotJson();
  }
  return Object.is(value, -0) ? "-0" : String(value);
}
