/**
 * An OTLP/JSON request as the protobuf it stands for, so that everything behind knows one form.
 *
 * One pass, from bytes to bytes: no objects and hardly any strings are made, and integers keep
 * all their 64 bits. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding and
 * https://protobuf.dev/programming-guides/json/ say what may be written how.
 */
import type { Refusal } from "../errors.ts";
import { MAX_PROTOBUF_DEPTH, MAX_RAW_BODY_BYTES } from "../limits.ts";
import {
  type Fixed,
  fieldAt,
  fieldNamed,
  fixed,
  type JsonField,
  type JsonMessage,
  jsonMessage,
  standsAt,
} from "./json_fields.ts";
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  isDigit,
  JsonReader,
  MINUS,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  SPACE,
  viewOf,
} from "./json_reader.ts";
import { ProtobufWriter } from "./protobuf_writer.ts";
import { ANY_VALUE, KEY_VALUE, LOGS, METRICS, type Signal, TRACES } from "./schema.ts";

/** @throws Refusal 400 that names the field and the byte, or 413. */
export function protobufFromJson(signal: Signal, json: Uint8Array): Uint8Array {
  const converter = new Converter(signal.request.name, json);
  return converter.request(jsonMessage(signal.request));
}

/** By how much at least the buffer grows for a text that does not fit. */
const TEXT_STRETCH = 64;
/** The longest field's name has 24 letters, and each may be an escape of six. */
const MAX_KEY_BYTES = 200;
const TWO_TO_32 = 2 ** 32;
const NULL_START = 0x6e;
/** What a hexadecimal digit stands for; less than 0: it is none. */
const HEX_VALUES = new Int8Array(256).fill(-1);
for (const [value, digit] of [..."0123456789abcdef"].entries()) {
  HEX_VALUES[digit.charCodeAt(0)] = value;
  HEX_VALUES[digit.toUpperCase().charCodeAt(0)] = value;
}
/** So many digits a JavaScript number holds exactly. */
const EXACT_DIGITS = 15;
const SPECIAL_DOUBLES: ReadonlyMap<string, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

// The tables are built when the script starts, not in a request.
for (const { request } of [TRACES, LOGS, METRICS]) {
  jsonMessage(request);
}
const ATTRIBUTE = jsonMessage(KEY_VALUE);
const KEY_TAG = fieldNamed(ATTRIBUTE, "key").tag;
const VALUE_FIELD = fieldNamed(ATTRIBUTE, "value");
const STRING_TAG = fieldNamed(jsonMessage(ANY_VALUE), "stringValue").tag;
const ATTRIBUTE_KEY = fixed('{"key":"');
const ATTRIBUTE_VALUE = fixed(',"value":');
const STRING_VALUE = fixed('{"stringValue":"');

class Converter {
  readonly #reader: JsonReader;
  readonly #writer: ProtobufWriter;
  /** The integer read last, in two halves, and its sign. */
  #high = 0;
  #low = 0;

  constructor(requestName: string, json: Uint8Array) {
    this.#reader = new JsonReader(`an OTLP ${requestName} in JSON`, json);
    this.#writer = new ProtobufWriter(json.length, MAX_RAW_BODY_BYTES);
  }

  request(message: JsonMessage): Uint8Array {
    this.#object(message, 0);
    if (!this.#reader.isAtEnd()) {
      throw this.#reader.refusal("something follows the request");
    }
    return this.#writer.whole();
  }

  #object(message: JsonMessage, depth: number): void {
    const reader = this.#reader;
    reader.expect(OPEN_OBJECT);
    if (depth > MAX_PROTOBUF_DEPTH) {
      throw reader.refusal(`nested deeper than ${MAX_PROTOBUF_DEPTH} levels`);
    }
    if (reader.takes(CLOSE_OBJECT)) {
      return;
    }
    do {
      const field = this.#key(message);
      reader.expect(COLON);
      const isNull = reader.peek() === NULL_START && reader.takesWord("null");
      if (isNull) {
        continue; // absent, whatever the type
      }
      if (field === undefined) {
        reader.skip(depth);
      } else if (field.repeated) {
        this.#list(field, depth);
      } else {
        this.#value(field, depth);
      }
    } while (reader.takes(COMMA));
    reader.expect(CLOSE_OBJECT);
  }

  /** The field that the next string names; undefined if there is none. */
  #key(message: JsonMessage): JsonField | undefined {
    const reader = this.#reader;
    reader.expect(QUOTE);
    const field = fieldAt(message, reader.view, reader.at);
    if (field !== undefined) {
      reader.at += field.key.length;
      return field;
    }
    const from = --reader.at;
    reader.skipString();
    if (reader.at - from > MAX_KEY_BYTES) {
      return undefined; // a text of megabytes need not be made to see that it is no field
    }
    reader.at = from;
    const name = `${reader.string()}"`; // unknown, or written with escapes
    return fieldAt(message, viewOf(new TextEncoder().encode(name)), 0);
  }

  #list(field: JsonField, depth: number): void {
    const reader = this.#reader;
    if (reader.peek() !== OPEN_ARRAY) {
      throw this.#wrong(field, "not a list");
    }
    if (!field.packed) {
      const isAttributes = field.message === ATTRIBUTE;
      reader.members(CLOSE_ARRAY, () => {
        if (!isAttributes || !this.#usualAttribute(field.tag, depth)) {
          this.#value(field, depth);
        }
      });
      return;
    }
    const start = this.#writer.open(field.tag);
    reader.members(CLOSE_ARRAY, () => this.#number(field));
    this.#writer.close(start);
  }

  /**
   * An attribute as exporters print it: nothing else in it, in this order and without white space.
   * More than half of most requests are such, and read so they take half the time. False if it is
   * written otherwise: nothing has been taken of it then.
   */
  #usualAttribute(tag: number, depth: number): boolean {
    const reader = this.#reader;
    const writer = this.#writer;
    const { at } = reader;
    const { length } = writer;
    if (depth + 2 <= MAX_PROTOBUF_DEPTH && this.#takes(ATTRIBUTE_KEY)) {
      const attribute = writer.open(tag);
      this.#textOf(KEY_TAG);
      if (this.#takes(ATTRIBUTE_VALUE) && this.#usualValue(depth + 1)) {
        writer.close(attribute);
        return true;
      }
    }
    reader.at = at;
    writer.length = length;
    return false;
  }

  /** A value, and the end of the attribute that it is of. */
  #usualValue(depth: number): boolean {
    const reader = this.#reader;
    if (!this.#takes(STRING_VALUE)) {
      if (reader.peek() !== OPEN_OBJECT) {
        return false; // null, or an error that the one way says best
      }
      this.#value(VALUE_FIELD, depth);
      return reader.takes(CLOSE_OBJECT);
    }
    const value = this.#writer.open(VALUE_FIELD.tag);
    this.#textOf(STRING_TAG);
    this.#writer.close(value);
    return reader.takes(CLOSE_OBJECT) && reader.takes(CLOSE_OBJECT);
  }

  #takes(text: Fixed): boolean {
    const reader = this.#reader;
    const isNext = standsAt(reader.view, reader.at, text);
    reader.at += isNext ? text.length : 0;
    return isNext;
  }

  #value(field: JsonField, depth: number): void {
    const { type, message, tag } = field;
    const reader = this.#reader;
    if (message === undefined && type !== "text" && type !== "bytes" && type !== "id") {
      this.#writer.varint(0, tag);
      this.#number(field);
      return;
    }
    const isString = message === undefined;
    if (reader.peek() !== (isString ? QUOTE : OPEN_OBJECT)) {
      throw this.#wrong(field, isString ? "not a string" : "not an object");
    }
    const start = this.#writer.open(tag);
    if (message !== undefined) {
      this.#object(message, depth + 1);
    } else if (type === "text") {
      reader.at++;
      this.#text();
    } else if (type === "id") {
      this.#hex(field);
    } else {
      this.#base64(field);
    }
    this.#writer.close(start);
  }

  // --- strings --------------------------------------------------------------------------------

  /** From after the opening quote to after the closing one. */
  #textOf(tag: number): void {
    const start = this.#writer.open(tag);
    this.#text();
    this.#writer.close(start);
  }

  /** Copied as it is but for escapes. Bytes that are not UTF-8 stay, as they do in protobuf. */
  #text(): void {
    const reader = this.#reader;
    const writer = this.#writer;
    for (;;) {
      this.#plainText();
      const byte = reader.bytes[reader.at++] as number;
      if (byte === QUOTE) {
        return;
      }
      if (byte === BACKSLASH) {
        writer.codePoint(reader.escape());
      } else if (byte >= SPACE) {
        writer.byte(byte); // one of the last three of the body
      } else {
        throw reader.refusal("a string does not end, or holds a control character");
      }
    }
  }

  /**
   * Up to what needs to be looked at, or three bytes before the end. Four bytes at a time, which are
   * written before it is known how many of them belong here: the next ones go over the others.
   */
  #plainText(): void {
    const reader = this.#reader;
    const writer = this.#writer;
    const from = reader.view;
    const last = from.byteLength - 4;
    let at = reader.at;
    while (at <= last) {
      const to = writer.view;
      const until = Math.min(last, at + to.byteLength - writer.length - 4);
      let end = writer.length;
      for (; at <= until; at += 4, end += 4) {
        const word = from.getInt32(at, true);
        to.setInt32(end, word, true);
        const special = specialBytes(word);
        if (special !== 0) {
          const before = (31 - Math.clz32(special & -special)) >> 3;
          writer.length = end + before;
          reader.at = at + before;
          return;
        }
      }
      writer.length = end;
      if (at <= last) {
        writer.reserve(TEXT_STRETCH);
      }
    }
    reader.at = at;
  }

  #hex(field: JsonField): void {
    const reader = this.#reader;
    const writer = this.#writer;
    const { bytes } = reader;
    let { at } = reader;
    while (bytes[++at] !== QUOTE) {
      const high = HEX_VALUES[bytes[at] ?? 0] as number;
      const low = HEX_VALUES[bytes[++at] ?? 0] as number;
      if (high < 0 || low < 0) {
        throw this.#wrong(field, "not pairs of hexadecimal digits");
      }
      writer.byte((high << 4) | low);
    }
    reader.at = at + 1;
  }

  #base64(field: JsonField): void {
    const text = this.#reader.string().replaceAll("-", "+").replaceAll("_", "/");
    const decoded = decodedBase64(text);
    if (decoded === null) {
      throw this.#wrong(field, "not base64");
    }
    this.#writer.reserve(decoded.length);
    this.#writer.bytes.set(decoded, this.#writer.length);
    this.#writer.length += decoded.length;
  }

  // --- numbers --------------------------------------------------------------------------------

  #number(field: JsonField): void {
    const writer = this.#writer;
    switch (field.type) {
      case "bool":
        writer.byte(this.#boolean(field));
        return;
      case "double":
        writer.double(this.#double(field));
        return;
      case "enum":
        if (this.#enumName(field)) {
          return;
        }
        this.#integer(field, { bits: 32, signed: true });
        writer.varint(this.#high, this.#low);
        return;
      case "int32":
      case "int64":
        this.#integer(field, { bits: field.type === "int32" ? 32 : 64, signed: true });
        writer.varint(this.#high, this.#low);
        return;
      case "sint32":
        this.#integer(field, { bits: 32, signed: true });
        writer.varint(0, ((this.#low << 1) ^ (this.#low >> 31)) >>> 0);
        return;
      case "uint32":
      case "uint64":
        this.#integer(field, { bits: field.type === "uint32" ? 32 : 64, signed: false });
        writer.varint(this.#high, this.#low);
        return;
      case "fixed32":
        this.#integer(field, { bits: 32, signed: false });
        writer.fixed32(this.#low);
        return;
      default:
        this.#integer(field, { bits: 64, signed: field.type === "sfixed64" });
        writer.fixed32(this.#low);
        writer.fixed32(this.#high);
    }
  }

  #boolean(field: JsonField): number {
    if (this.#reader.takesWord("true")) {
      return 1;
    }
    if (this.#reader.takesWord("false")) {
      return 0;
    }
    throw this.#wrong(field, "neither true nor false");
  }

  /** Whether the value was a name; OTLP asks for numbers, protobuf's own JSON writes names. */
  #enumName(field: JsonField): boolean {
    const reader = this.#reader;
    if (reader.peek() !== QUOTE || isDigit(reader.bytes[reader.at + 1] ?? 0)) {
      return false;
    }
    const value = field.values.get(reader.string());
    if (value === undefined) {
      throw this.#wrong(field, `not one of ${[...field.values.keys()].join(", ")}`);
    }
    this.#writer.varint(0, value);
    return true;
  }

  #double(field: JsonField): number {
    const reader = this.#reader;
    const text = reader.numberText();
    if (text !== null) {
      return Number(text);
    }
    const special = reader.peek() === QUOTE ? SPECIAL_DOUBLES.get(reader.string()) : undefined;
    if (special === undefined) {
      throw this.#wrong(field, "not a number");
    }
    return special;
  }

  /** Bare or in quotes, into `#high` and `#low` as two's complement. */
  #integer(field: JsonField, { bits, signed }: { bits: 32 | 64; signed: boolean }): void {
    const reader = this.#reader;
    const isQuoted = reader.peek() === QUOTE;
    const { bytes } = reader;
    let at = reader.at + (isQuoted ? 1 : 0);
    const isNegative = bytes[at] === MINUS;
    at += isNegative ? 1 : 0;
    const from = at;
    let value = 0;
    for (; at < from + EXACT_DIGITS && isDigit(bytes[at] as number); at++) {
      value = value * 10 + ((bytes[at] as number) - 0x30);
    }
    let high = Math.floor(value / TWO_TO_32);
    let low = value % TWO_TO_32;
    for (; isDigit(bytes[at] as number); at++) {
      low = low * 10 + ((bytes[at] as number) - 0x30);
      high = high * 10 + Math.floor(low / TWO_TO_32);
      low %= TWO_TO_32;
    }
    const end = bytes[at];
    if (at === from || end === 0x2e || end === 0x45 || end === 0x65) {
      this.#integerFromDouble(field, { bits, signed });
      return;
    }
    if (isQuoted && end !== QUOTE) {
      throw this.#wrong(field, "not an integer");
    }
    reader.at = isQuoted ? at + 1 : at;
    this.#setInteger(field, { high, low, isNegative }, { bits, signed });
  }

  /** 1.0 and 1e3 are integers too. */
  #integerFromDouble(field: JsonField, type: { bits: 32 | 64; signed: boolean }): void {
    const value = Number(this.#reader.numberText() ?? Number.NaN);
    if (!Number.isInteger(value)) {
      throw this.#wrong(field, "not an integer");
    }
    const size = Math.abs(value);
    const halves = { high: Math.floor(size / TWO_TO_32), low: size % TWO_TO_32 };
    this.#setInteger(field, { ...halves, isNegative: value < 0 }, type);
  }

  #setInteger(
    field: JsonField,
    { high, low, isNegative }: { high: number; low: number; isNegative: boolean },
    { bits, signed }: { bits: 32 | 64; signed: boolean },
  ): void {
    const top = bits === 64 ? high : low;
    const half = 2 ** 31;
    const isInside = signed
      ? top < half || (isNegative && top === half && (bits === 32 || low === 0))
      : top < TWO_TO_32 && !(isNegative && (high !== 0 || low !== 0));
    if (!isInside || (bits === 32 && high !== 0)) {
      throw this.#wrong(
        field,
        `not ${signed ? "a signed" : "an unsigned"} integer of ${bits} bits`,
      );
    }
    this.#low = isNegative ? -low >>> 0 : low;
    this.#high = isNegative ? (~high + (low === 0 ? 1 : 0)) >>> 0 : high;
  }

  #wrong(field: JsonField, why: string): Refusal {
    return this.#reader.refusal(`${field.name}: ${why}`);
  }
}

/**
 * Of four bytes, which are a quote, a backslash or a control character: the lowest that is has its
 * highest bit set, those below have not. The others' bits mean nothing.
 * https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord
 */
function specialBytes(word: number): number {
  const quotes = word ^ 0x22222222;
  const backslashes = word ^ 0x5c5c5c5c;
  return (
    (((quotes - 0x01010101) & ~quotes) |
      ((backslashes - 0x01010101) & ~backslashes) |
      ((word - 0x20202020) & ~word)) &
    0x80808080
  );
}

/** null if it is not base64; padding may be missing. */
function decodedBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}
