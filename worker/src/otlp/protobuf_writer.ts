/** Writes protobuf into one growing buffer. */
import { free, tooLarge } from "../body/bytes.ts";

export class ProtobufWriter {
  bytes: Uint8Array;
  /** A view of all `bytes`, to write several bytes at once. */
  view: DataView;
  /** The number of written bytes. */
  length = 0;
  readonly #limitBytes: number;
  readonly #form: string;

  /** @param form the format of the body, for the error if it is too long. */
  constructor(expectedBytes: number, limitBytes: number, form: string) {
    this.bytes = new Uint8Array(expectedBytes + 16);
    this.view = new DataView(this.bytes.buffer);
    this.#limitBytes = limitBytes;
    this.#form = form;
  }

  /** Grows the buffer for this many more bytes. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) {
      return;
    }
    if (this.length + count > this.#limitBytes) {
      free(this.bytes);
      throw tooLarge(`body: ${this.#form}, over the limit`, this.#limitBytes);
    }
    const size = Math.max(2 * this.bytes.length, this.length + count);
    const grown = new Uint8Array(Math.min(size, this.#limitBytes));
    grown.set(this.bytes);
    free(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Reserves a byte for the length of the next message; call `close` with the result. `tag`: below 128. */
  open(tag: number): number {
    this.reserve(2);
    this.bytes[this.length++] = tag;
    return this.length++;
  }

  close(at: number): void {
    const length = this.length - at - 1;
    if (length < 128) {
      this.bytes[at] = length;
      return;
    }
    // Most messages are short. Longer ones move to make space for a longer length.
    const size = length < 2 ** 14 ? 2 : length < 2 ** 21 ? 3 : 4;
    this.reserve(size - 1);
    this.bytes.copyWithin(at + size, at + 1, this.length);
    this.length = at;
    this.varint(0, length);
    this.length += length;
  }

  copy(source: Uint8Array, from: number, end: number): void {
    this.reserve(end - from);
    if (end - from > SHORT_BYTES) {
      this.bytes.set(source.subarray(from, end), this.length);
      this.length += end - from;
      return;
    }
    const { bytes } = this;
    for (let at = from; at < end; at++) {
      bytes[this.length++] = source[at] as number;
    }
  }

  ascii(text: string): void {
    this.reserve(text.length);
    for (let at = 0; at < text.length; at++) {
      this.bytes[this.length++] = text.charCodeAt(at);
    }
  }

  /** Writes an unsigned number from two halves of 32 bits. */
  varint(high: number, low: number): void {
    this.reserve(10);
    const { bytes } = this;
    let upper = high;
    let lower = low;
    while (upper !== 0 || lower > 127) {
      bytes[this.length++] = (lower & 127) | 128;
      lower = ((lower >>> 7) | (upper << 25)) >>> 0;
      upper >>>= 7;
    }
    bytes[this.length++] = lower;
  }

  fixed32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }

  double(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  codePoint(point: number): void {
    this.reserve(4);
    const { bytes } = this;
    if (point < 0x80) {
      bytes[this.length++] = point;
      return;
    }
    const more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    bytes[this.length++] = (LEAD_BITS[more] as number) | (point >> (6 * more));
    for (let left = more - 1; left >= 0; left--) {
      bytes[this.length++] = 0x80 | ((point >> (6 * left)) & 63);
    }
  }

  whole(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

/** For so few bytes a loop is faster than a call of the runtime. */
const SHORT_BYTES = 32;
/** The first byte of a UTF-8 character, by the number of bytes that follow. */
const LEAD_BITS = [0, 0xc0, 0xe0, 0xf0];
