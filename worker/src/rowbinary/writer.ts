/**
 * Writes ClickHouse's RowBinary into one growing buffer.
 *
 * Source of every encoding: https://clickhouse.com/docs/interfaces/formats/RowBinary. Numbers are
 * little-endian; strings, arrays and maps start with their length as an unsigned LEB128.
 */
import { base64Length, writeBase64 } from "../otlp/base64.ts";

/** Shorter strings are copied byte by byte, because a view for `set` costs more. */
const COPIED_BY_HAND_BYTES = 32;
/** The growth beyond the needed bytes, because doubling for a long string would use most memory. */
const MAX_SPARE_BYTES = 1024 * 1024;
const HEX_DIGITS = new TextEncoder().encode("0123456789abcdef");

export class RowWriter {
  bytes: Uint8Array;
  /** The number of written bytes. */
  length = 0;
  #view: DataView;
  readonly #expectedBytes: number;
  readonly #pass: ((piece: Uint8Array) => void) | null;

  /**
   * @param expectedBytes the size of the first allocation.
   * @param pass receives the written bytes if a long string does not fit after them, so that memory
   *   stays bounded; absent: the memory grows.
   */
  constructor(expectedBytes: number, pass: ((piece: Uint8Array) => void) | null = null) {
    this.#expectedBytes = expectedBytes;
    this.#pass = pass;
    this.bytes = new Uint8Array(expectedBytes);
    this.#view = new DataView(this.bytes.buffer);
  }

  #allocate(size: number): void {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) {
      return;
    }
    const written = this.bytes.subarray(0, this.length);
    const spare = Math.min(this.bytes.length, MAX_SPARE_BYTES);
    this.#allocate(this.length + count + spare);
    this.bytes.set(written);
  }

  /**
   * Return a view of the written bytes. The next write reuses its memory, unless `reserve` allocated
   * much more than expected; that memory is then freed with the view.
   */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.length);
    this.length = 0;
    if (this.bytes.length > 4 * this.#expectedBytes) {
      this.#allocate(this.#expectedBytes);
    }
    return taken;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  uint32(value: number): void {
    this.reserve(4);
    this.#view.setUint32(this.length, value, true);
    this.length += 4;
  }

  uint64(high: number, low: number): void {
    this.reserve(8);
    this.#view.setUint32(this.length, low, true);
    this.#view.setUint32(this.length + 4, high, true);
    this.length += 8;
  }

  double(value: number): void {
    this.reserve(8);
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** Writes the length of a string, an array or a map. */
  count(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest > 127) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  /** Writes bytes that are already RowBinary. */
  append(encoded: Uint8Array): void {
    if (encoded.length > this.#expectedBytes) {
      this.copy(encoded, 0, encoded.length);
      return;
    }
    this.reserve(encoded.length);
    this.bytes.set(encoded, this.length);
    this.length += encoded.length;
  }

  copy(source: Uint8Array, from: number, end: number): void {
    const size = end - from;
    if (this.#pass !== null && size > this.#expectedBytes) {
      this.#passOn(this.#pass, source, from, end);
      return;
    }
    this.reserve(size);
    if (size > COPIED_BY_HAND_BYTES) {
      this.bytes.set(source.subarray(from, end), this.length);
      this.length += size;
      return;
    }
    const { bytes } = this;
    let to = this.length;
    for (let at = from; at < end; at++) {
      bytes[to++] = source[at] as number;
    }
    this.length = to;
  }

  #passOn(pass: (piece: Uint8Array) => void, source: Uint8Array, from: number, end: number): void {
    pass(this.take());
    for (let at = from; at < end; at += this.#expectedBytes) {
      pass(source.subarray(at, Math.min(end, at + this.#expectedBytes)));
    }
  }

  string(source: Uint8Array, from: number, end: number): void {
    this.count(end - from);
    this.copy(source, from, end);
  }

  /** Writes a string of ASCII characters. */
  ascii(text: string): void {
    this.count(text.length);
    this.reserve(text.length);
    for (let at = 0; at < text.length; at++) {
      this.bytes[this.length++] = text.charCodeAt(at);
    }
  }

  /** Writes bytes as a string of hexadecimal digits. */
  hex(source: Uint8Array, from: number, end: number): void {
    this.count(2 * (end - from));
    this.reserve(2 * (end - from));
    const { bytes } = this;
    let to = this.length;
    for (let at = from; at < end; at++) {
      const byte = source[at] as number;
      bytes[to++] = HEX_DIGITS[byte >> 4] as number;
      bytes[to++] = HEX_DIGITS[byte & 15] as number;
    }
    this.length = to;
  }

  /** Writes bytes as a string of base64 digits with padding (RFC 4648, section 4). */
  base64(source: Uint8Array, from: number, end: number): void {
    const size = base64Length(end - from);
    this.count(size);
    this.reserve(size);
    writeBase64(this.bytes, this.length, source, from, end);
    this.length += size;
  }
}
