/**
 * Converts an OTLP/JSON request to protobuf, so that all later steps read one format.
 *
 * One pass reads bytes and writes bytes. It creates no objects and hardly any strings, and integers
 * keep all their 64 bits. The format is specified in
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding and
 * https://protobuf.dev/programming-guides/json/.
 */
import type { HttpError } from "../errors.ts";
import { MAX_PROTOBUF_DEPTH, MAX_RAW_BODY_BYTES } from "../limits.ts";
import {
  type Fixed,
  fieldAt,
  fieldNamed,
  fixed,
  isTextAt,
  type JsonField,
  type JsonMessage,
  jsonMessage,
} from "./json_fields.ts";
import { integerFrom } from "./json_integers.ts";
import {
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
} from "./json_reader.ts";
import { copyBase64, copyHex, copyText } from "./json_strings.ts";
import { ProtobufWriter } from "./protobuf_writer.ts";
import { ANY_VALUE, KEY_VALUE, REQUESTS, type Signal, tagNamed } from "./schema.ts";

/** @throws HttpError 400 that names the field and the byte, or 413. */
export function protobufFromJson(signal: Signal, json: Uint8Array): Uint8Array {
  const converter = new Converter(signal.request.name, json);
  return converter.request(jsonMessage(signal.request));
}

interface IntegerType {
  readonly bits: 32 | 64;
  readonly signed: boolean;
}

/** The longest field name has 24 letters, and each may be written as an escape of 6 characters. */
const MAX_KEY_BYTES = 200;
const TWO_TO_32 = 2 ** 32;
const NULL_START = 0x6e;
const INT32: IntegerType = { bits: 32, signed: true };
const UINT32: IntegerType = { bits: 32, signed: false };
const INT64: IntegerType = { bits: 64, signed: true };
const UINT64: IntegerType = { bits: 64, signed: false };
/** A JavaScript number represents any integer with this many digits exactly. */
const EXACT_DIGITS = 15;
const SPECIAL_DOUBLES: ReadonlyMap<string, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

// Builds the tables when the script starts, not in a request.
REQUESTS.forEach(jsonMessage);
const ATTRIBUTE = jsonMessage(KEY_VALUE);
const VALUE = jsonMessage(ANY_VALUE);
const KEY_TAG = tagNamed(KEY_VALUE, "key");
const VALUE_TAG = tagNamed(KEY_VALUE, "value");
const STRING_TAG = tagNamed(ANY_VALUE, "stringValue");
const ATTRIBUTE_KEY = fixed('{"key":"');
const VALUE_MEMBER = fixed(',"value":{"');
const STRING_VALUE = fixed('stringValue":"');

class Converter {
  readonly #reader: JsonReader;
  readonly #writer: ProtobufWriter;
  /** The upper and lower 32 bits of the last integer that was read. */
  #high = 0;
  #low = 0;

  constructor(requestName: string, json: Uint8Array) {
    this.#reader = new JsonReader(`an OTLP ${requestName} in JSON`, json);
    this.#writer = new ProtobufWriter(json.length, MAX_RAW_BODY_BYTES, "as protobuf");
  }

  request(message: JsonMessage): Uint8Array {
    this.#reader.skipByteOrderMark();
    this.#object(message, 0);
    if (!this.#reader.isAtEnd()) {
      throw this.#reader.error("bytes follow the request");
    }
    return this.#writer.whole();
  }

  #object(message: JsonMessage, depth: number): void {
    const reader = this.#reader;
    reader.expect(OPEN_OBJECT);
    if (depth > MAX_PROTOBUF_DEPTH) {
      throw reader.error(`nested deeper than ${MAX_PROTOBUF_DEPTH} levels`);
    }
    if (!reader.takes(CLOSE_OBJECT)) {
      this.#member(message, depth);
      this.#otherMembers(message, depth);
    }
  }

  /** Reads the rest of an object, after its first member. */
  #otherMembers(message: JsonMessage, depth: number): void {
    const reader = this.#reader;
    if (reader.bytes[reader.at] === CLOSE_OBJECT) {
      reader.at++; // twice as fast as `skip`
      return;
    }
    while (reader.takes(COMMA)) {
      this.#member(message, depth);
    }
    reader.expect(CLOSE_OBJECT);
  }

  #member(message: JsonMessage, depth: number): void {
    const reader = this.#reader;
    const field = this.#key(message);
    reader.expect(COLON);
    if (field === undefined) {
      reader.skip(depth);
    } else {
      this.#memberValue(field, depth);
    }
  }

  #memberValue(field: JsonField, depth: number): void {
    const reader = this.#reader;
    const isNull = reader.peek() === NULL_START && reader.takesWord("null");
    if (isNull) {
      return; // null means an absent field, for any type
    }
    if (field.repeated) {
      this.#list(field, depth);
    } else {
      this.#value(field, depth);
    }
  }

  /** Returns the field that the next string names; undefined if it names none. */
  #key(message: JsonMessage): JsonField | undefined {
    const reader = this.#reader;
    reader.expect(QUOTE);
    const field = fieldAt(message, reader, reader.at);
    if (field !== undefined) {
      reader.at += field.key.length;
      return field;
    }
    const from = --reader.at;
    reader.skipString();
    if (reader.at - from > MAX_KEY_BYTES) {
      return undefined; // a name of megabytes is no field, so no string is created
    }
    reader.at = from;
    return fieldNamed(message, reader.string()); // an unknown field, or a name with escapes
  }

  #list(field: JsonField, depth: number): void {
    const reader = this.#reader;
    if (reader.peek() !== OPEN_ARRAY) {
      throw this.#invalid(field, "not a list");
    }
    if (!field.packed) {
      const isAttributes = field.message === ATTRIBUTE && depth + 2 <= MAX_PROTOBUF_DEPTH;
      reader.members(CLOSE_ARRAY, () =>
        isAttributes ? this.#attribute(field, depth) : this.#value(field, depth),
      );
      return;
    }
    const start = this.#writer.open(field.tag);
    reader.members(CLOSE_ARRAY, () => this.#number(field));
    this.#writer.close(start);
  }

  /**
   * A fast path for attributes as exporters write them: the key first, no white space. It halves the
   * time of attributes, which are more than half of most requests. The general path reads the other
   * attributes.
   */
  #attribute(field: JsonField, depth: number): void {
    if (!this.#takes(ATTRIBUTE_KEY)) {
      this.#value(field, depth);
      return;
    }
    const writer = this.#writer;
    const attribute = writer.open(field.tag);
    this.#textField(KEY_TAG);
    if (this.#takes(VALUE_MEMBER)) {
      const value = writer.open(VALUE_TAG);
      if (this.#takes(STRING_VALUE)) {
        this.#textField(STRING_TAG);
      } else {
        this.#reader.at--; // back to the quote before the name
        this.#member(VALUE, depth + 2);
      }
      this.#otherMembers(VALUE, depth + 2);
      writer.close(value);
    }
    this.#otherMembers(ATTRIBUTE, depth + 1);
    writer.close(attribute);
  }

  #textField(tag: number): void {
    const start = this.#writer.open(tag);
    copyText(this.#reader, this.#writer);
    this.#writer.close(start);
  }

  #takes(text: Fixed): boolean {
    const reader = this.#reader;
    const isNext = isTextAt(reader, reader.at, text);
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
      throw this.#invalid(field, isString ? "not a string" : "not an object");
    }
    const start = this.#writer.open(tag);
    if (message !== undefined) {
      this.#object(message, depth + 1);
    } else if (type === "text") {
      reader.at++;
      copyText(reader, this.#writer);
    } else if (type === "id" && !copyHex(reader, this.#writer)) {
      throw this.#invalid(field, "not pairs of hexadecimal digits");
    } else if (type === "bytes" && !copyBase64(reader, this.#writer)) {
      throw this.#invalid(field, "not base64");
    }
    this.#writer.close(start);
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
        this.#integer(field, INT32);
        writer.varint(this.#high, this.#low);
        return;
      case "int32":
      case "int64":
        this.#integer(field, field.type === "int32" ? INT32 : INT64);
        writer.varint(this.#high, this.#low);
        return;
      case "sint32":
        this.#integer(field, INT32);
        writer.varint(0, ((this.#low << 1) ^ (this.#low >> 31)) >>> 0);
        return;
      case "uint32":
      case "uint64":
        this.#integer(field, field.type === "uint32" ? UINT32 : UINT64);
        writer.varint(this.#high, this.#low);
        return;
      case "fixed32":
        this.#integer(field, UINT32);
        writer.fixed32(this.#low);
        return;
      default:
        this.#integer(field, field.type === "sfixed64" ? INT64 : UINT64);
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
    throw this.#invalid(field, "neither true nor false");
  }

  /** Writes an enum value if it is a name, and returns whether it is. OTLP requires numbers, but
   * protobuf's JSON libraries write names. */
  #enumName(field: JsonField): boolean {
    const reader = this.#reader;
    if (reader.peek() !== QUOTE || isDigit(reader.bytes[reader.at + 1] ?? 0)) {
      return false;
    }
    const value = field.values.get(reader.string());
    if (value === undefined) {
      throw this.#invalid(field, `not one of ${[...field.values.keys()].join(", ")}`);
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
      throw this.#invalid(field, "not a number");
    }
    return special;
  }

  /** Reads a number with or without quotes, into `#high` and `#low` as two's complement. */
  #integer(field: JsonField, type: IntegerType): void {
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
    // Does not use `%`, which is slow for numbers beyond 2^31.
    let high = Math.floor(value / TWO_TO_32);
    let low = value - high * TWO_TO_32;
    for (; isDigit(bytes[at] as number); at++) {
      low = low * 10 + ((bytes[at] as number) - 0x30);
      const carry = Math.floor(low / TWO_TO_32);
      high = high * 10 + carry;
      low -= carry * TWO_TO_32;
    }
    const end = bytes[at];
    if (at === from || end === 0x2e || end === 0x45 || end === 0x65) {
      this.#integerFromDecimal(field, type);
      return;
    }
    if (isQuoted && end !== QUOTE) {
      throw this.#invalid(field, "not an integer");
    }
    reader.at = isQuoted ? at + 1 : at;
    this.#high = high;
    this.#low = low;
    this.#fitInteger(field, type, isNegative);
  }

  /** Reads an integer such as 1.0 or 1e3. */
  #integerFromDecimal(field: JsonField, type: IntegerType): void {
    const value = integerFrom(this.#reader.numberText() ?? "");
    if (value === null) {
      throw this.#invalid(field, "not an integer");
    }
    const size = value < 0n ? -value : value;
    this.#high = Number(size >> 32n);
    this.#low = Number(size & 0xffff_ffffn);
    this.#fitInteger(field, type, value < 0n);
  }

  /** Converts a magnitude and a sign to two's complement. */
  #fitInteger(field: JsonField, { bits, signed }: IntegerType, isNegative: boolean): void {
    const high = this.#high;
    const low = this.#low;
    const top = bits === 64 ? high : low;
    const half = 2 ** 31;
    const isInside = signed
      ? top < half || (isNegative && top === half && (bits === 32 || low === 0))
      : top < TWO_TO_32 && !(isNegative && (high !== 0 || low !== 0));
    if (!isInside || (bits === 32 && high !== 0)) {
      throw this.#invalid(
        field,
        `not ${signed ? "a signed" : "an unsigned"} integer of ${bits} bits`,
      );
    }
    if (isNegative) {
      this.#low = -low >>> 0;
      this.#high = (~high + (low === 0 ? 1 : 0)) >>> 0;
    }
  }

  #invalid(field: JsonField, why: string): HttpError {
    return this.#reader.error(`${field.name}: ${why}`);
  }
}
