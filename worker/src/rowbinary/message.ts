/**
 * Finds the fields of one protobuf message at a time, without decoding or copying them.
 *
 * The reader is for stored bodies, which `otlp/scan` has checked and `otlp/rewrite` has converted to the
 * canonical form: each single field at most once, packed numbers in one field. The rows of a damaged
 * body are undefined, but it must not be read past its end or in an endless loop.
 */
import {
  isPacked,
  type Message,
  tagOf,
  WIRE_FIXED64,
  WIRE_LEN,
  WIRE_VARINT,
} from "../otlp/schema.ts";
import { NotEncodable } from "./errors.ts";

/** The highest field number of OTLP; `MessageReader` has a bit of an integer for each. */
const HIGHEST_FIELD = 31;
const UNKNOWN = -1;

/** The ranges of the values of a repeated field. */
export class Ranges {
  count = 0;
  readonly #bounds: number[] = [];

  add(from: number, end: number): void {
    this.#bounds[2 * this.count] = from;
    this.#bounds[2 * this.count + 1] = end;
    this.count++;
  }

  from(index: number): number {
    return this.#bounds[2 * index] as number;
  }

  end(index: number): number {
    return this.#bounds[2 * index + 1] as number;
  }
}

export class MessageReader {
  bytes: Uint8Array = new Uint8Array(0);
  readonly #name: string;
  readonly #wires = new Int8Array(HIGHEST_FIELD + 1).fill(UNKNOWN);
  readonly #lists: (Ranges | undefined)[] = new Array(HIGHEST_FIELD + 1).fill(undefined);
  readonly #allLists: readonly Ranges[];
  readonly #from = new Int32Array(HIGHEST_FIELD + 1);
  readonly #end = new Int32Array(HIGHEST_FIELD + 1);
  #seen = 0;
  #at = 0;

  constructor(message: Message) {
    this.#name = message.name;
    for (const [number, field] of Object.entries(message.fields)) {
      this.#wires[Number(number)] = tagOf(Number(number), field) & 7;
      if (field.repeated && !isPacked(field)) {
        this.#lists[Number(number)] = new Ranges();
      }
    }
    this.#allLists = this.#lists.filter((list) => list !== undefined);
  }

  /** @throws NotEncodable the bytes are not a message of this type. */
  read(bytes: Uint8Array, from: number, end: number): this {
    this.bytes = bytes;
    this.#clear();
    this.#at = from;
    while (this.#at < end) {
      const tag = this.#varint(end);
      const number = tag >>> 3;
      const wire = tag & 7;
      const known = number <= HIGHEST_FIELD && this.#wires[number] === wire;
      const start = this.#startOf(wire, end);
      if (!(this.#at <= end)) {
        throw this.#malformed(`field ${number} is longer than its message`);
      }
      if (known) {
        this.#add(number, start, this.#at);
      }
    }
    return this;
  }

  /** Returns a message without fields, which represents an absent message. */
  readNothing(): this {
    this.#clear();
    return this;
  }

  has(number: number): boolean {
    return (this.#seen & (1 << number)) !== 0;
  }

  /** Returns the start of the value of a single field; equal to its end if it is absent. */
  from(number: number): number {
    return this.has(number) ? (this.#from[number] as number) : 0;
  }

  end(number: number): number {
    return this.has(number) ? (this.#end[number] as number) : 0;
  }

  /** @throws Error the field is not repeated: a bug. */
  list(number: number): Ranges {
    const list = this.#lists[number];
    if (list === undefined) {
      throw new Error(`${this.#name}: field ${number} is no list`);
    }
    return list;
  }

  #clear(): void {
    this.#seen = 0;
    for (const list of this.#allLists) {
      list.count = 0;
    }
  }

  #add(number: number, from: number, end: number): void {
    const list = this.#lists[number];
    if (list !== undefined) {
      list.add(from, end);
      return;
    }
    this.#seen |= 1 << number;
    this.#from[number] = from;
    this.#end[number] = end;
  }

  /** Skips a value. Returns its start after its length. */
  #startOf(wire: number, end: number): number {
    let start = this.#at;
    if (wire === WIRE_LEN) {
      const length = this.#varint(end);
      start = this.#at;
      this.#at += length;
    } else if (wire === WIRE_VARINT) {
      this.#varint(end);
    } else {
      this.#at += wire === WIRE_FIXED64 ? 8 : 4;
    }
    return start;
  }

  /** Reads a varint. The result is exact up to 2^53, which no tag or length may reach. */
  #varint(end: number): number {
    const { bytes } = this;
    const first = bytes[this.#at++] as number;
    if (first < 128 && this.#at <= end) {
      return first;
    }
    let value = first & 127;
    let factor = 128;
    while (this.#at < end) {
      const byte = bytes[this.#at++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) {
        return value;
      }
      factor *= 128;
    }
    throw this.#malformed("a variable-length number does not end");
  }

  #malformed(why: string): NotEncodable {
    return new NotEncodable(`${this.#name} at byte ${this.#at} of a stored request: ${why}`);
  }
}
