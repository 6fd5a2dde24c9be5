/**
 * Is this an OTLP request that ClickHouse will read? One pass over the bytes, nothing decoded.
 *
 * Walks every message down to the attribute values, because ClickHouse does: a length that is
 * wrong five levels down would refuse the whole batch the body travels in.
 */
import { Refusal } from "../errors.ts";
import { MAX_MESSAGES_PER_BODY, MAX_PROTOBUF_DEPTH, MAX_SPANS_PER_BODY } from "../limits.ts";
import {
  ANY_VALUE,
  type Field,
  KEY_VALUE,
  type Message,
  SPAN,
  TRACE_REQUEST,
  WIRE_FIXED32,
  WIRE_FIXED64,
  WIRE_LEN,
  WIRE_VARINT,
} from "./schema.ts";

export interface Scan {
  readonly spans: number;
  /**
   * True if a value is an array or a map, or something is written in a legal but unusual way (a
   * field twice, a number with more bits than its type): ClickHouse would refuse the body or read
   * it otherwise than other programs do, so it is rewritten before it is stored.
   */
  readonly needsRewrite: boolean;
}

/** @throws Refusal 400 that names the message and the byte, or 413 for too many spans. */
export function scanTraces(bytes: Uint8Array): Scan {
  const scanner = new Scanner(bytes);
  scanner.message(compiled(TRACE_REQUEST), 0, bytes.length, 0);
  if (scanner.spans > MAX_SPANS_PER_BODY) {
    throw new Refusal(
      413,
      `spans: ${scanner.spans} in one body; at most ${MAX_SPANS_PER_BODY} are taken`,
    );
  }
  return { spans: scanner.spans, needsRewrite: scanner.needsRewrite };
}

/** A message's fields in arrays indexed by number: the scan looks one up per 10 bytes. */
interface Compiled {
  readonly name: string;
  readonly isSpan: boolean;
  readonly isAny: boolean;
  readonly wires: Int8Array;
  readonly sizes: Int8Array;
  readonly single: Uint8Array;
  /** Largest value of a varint that need not be rewritten. */
  readonly highest: Float64Array;
  readonly children: (Compiled | undefined)[];
}

const HIGHEST_FIELD = 31;
const UNKNOWN = -1;
const MAX_TAG = 2 ** 32 - 1;
const cache = new Map<Message, Compiled>();

function compiled(message: Message): Compiled {
  const known = cache.get(message);
  if (known !== undefined) {
    return known;
  }
  const table: Compiled = {
    name: message.name,
    isSpan: message === SPAN,
    isAny: message === ANY_VALUE,
    wires: new Int8Array(HIGHEST_FIELD + 1).fill(UNKNOWN),
    sizes: new Int8Array(HIGHEST_FIELD + 1).fill(UNKNOWN),
    single: new Uint8Array(HIGHEST_FIELD + 1),
    highest: new Float64Array(HIGHEST_FIELD + 1).fill(Number.POSITIVE_INFINITY),
    children: new Array<Compiled | undefined>(HIGHEST_FIELD + 1),
  };
  cache.set(message, table); // before the children: AnyValue holds itself
  for (const [number, field] of Object.entries(message.fields)) {
    setField(table, Number(number), field);
  }
  return table;
}

function setField(table: Compiled, number: number, field: Field): void {
  table.wires[number] = field.wire;
  table.sizes[number] = field.bytes ?? UNKNOWN;
  table.single[number] = field.repeated === undefined ? 1 : 0;
  if (field.integer === "bool") {
    table.highest[number] = 1;
  } else if (field.integer === "int32") {
    table.highest[number] = 2 ** 31 - 1;
  }
  table.children[number] = field.message === undefined ? undefined : compiled(field.message);
}

class Scanner {
  spans = 0;
  needsRewrite = false;
  #messages = 0;
  #at = 0;
  #value = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  message(table: Compiled, from: number, end: number, depth: number): void {
    const bytes = this.#bytes;
    this.#enter(table, depth);
    let seen = 0;
    let at = from;
    while (at < end) {
      let tag = bytes[at++] as number;
      if (tag > 127) {
        tag = this.#varint(table, at - 1, end);
        at = this.#at;
      }
      const number = tag >>> 3;
      const wire = tag & 7;
      const expected = number <= HIGHEST_FIELD ? (table.wires[number] as number) : UNKNOWN;
      if (number === 0 || tag > MAX_TAG || (expected !== UNKNOWN && expected !== wire)) {
        throw malformed(table, at, `field ${number} has wire type ${wire}`);
      }
      if (expected !== UNKNOWN && table.single[number] === 1) {
        // A field that comes twice counts as its last value, and of a oneof only one member counts:
        // ClickHouse does neither.
        this.needsRewrite ||= (table.isAny ? seen : seen & (1 << number)) !== 0;
        seen |= 1 << number;
      }
      if (wire === WIRE_LEN) {
        let length = at < end ? (bytes[at++] as number) : this.#varint(table, at, end);
        if (length > 127) {
          length = this.#varint(table, at - 1, end);
          at = this.#at;
        }
        if (length > end - at) {
          throw malformed(table, at, `field ${number} is longer than what holds it`);
        }
        if (expected !== UNKNOWN) {
          const child = table.children[number];
          if (child !== undefined) {
            this.needsRewrite ||= table.isAny;
            this.message(child, at, at + length, depth + 1);
          } else if (length !== 0 && (table.sizes[number] as number) > 0) {
            this.#checkId(table, number, at, length);
          }
        }
        at += length;
      } else {
        at = this.#skip(table, wire, at, end);
        if (expected === WIRE_VARINT && this.#value > (table.highest[number] as number)) {
          this.needsRewrite = true;
        }
      }
    }
  }

  #enter(table: Compiled, depth: number): void {
    if (depth > MAX_PROTOBUF_DEPTH) {
      throw new Refusal(
        400,
        `body: ${table.name} nested ${depth} deep; at most ${MAX_PROTOBUF_DEPTH}`,
      );
    }
    if (++this.#messages > MAX_MESSAGES_PER_BODY) {
      throw new Refusal(
        413,
        `body: over ${MAX_MESSAGES_PER_BODY} messages in one body; send smaller batches`,
      );
    }
    if (table.isSpan) {
      this.spans++;
    }
  }

  #checkId(table: Compiled, number: number, at: number, length: number): void {
    const size = table.sizes[number] as number;
    if (length !== size) {
      throw malformed(table, at, `field ${number} is an id of ${length} bytes, allowed: ${size}`);
    }
  }

  #skip(table: Compiled, wire: number, at: number, end: number): number {
    let next = at;
    if (wire === WIRE_VARINT) {
      this.#value = this.#varint(table, at, end);
      return this.#at;
    }
    if (wire === WIRE_FIXED64) {
      next = at + 8;
    } else if (wire === WIRE_FIXED32) {
      next = at + 4;
    } else {
      throw malformed(table, at, `wire type ${wire}`);
    }
    if (next > end) {
      throw malformed(table, at, "a fixed number is cut off");
    }
    return next;
  }

  /**
   * Value of the varint at `at` (exact up to 2^53, which no length or tag may reach).
   *
   * Ten bytes hold 70 bits. ClickHouse takes them only as 64-bit numbers are written, with a 1 at
   * the end; others cut off what is too much.
   */
  #varint(table: Compiled, at: number, end: number): number {
    let value = 0;
    let factor = 1;
    for (let index = at; index < end && index < at + 10; index++) {
      const byte = this.#bytes[index] as number;
      value += (byte & 127) * factor;
      if (byte < 128) {
        this.needsRewrite ||= index === at + 9 && byte !== 1;
        this.#at = index + 1;
        return value;
      }
      factor *= 128;
    }
    throw malformed(table, at, "a variable-length number does not end");
  }
}

function malformed(table: Compiled, at: number, why: string): Refusal {
  return new Refusal(
    400,
    `body: not an OTLP ${TRACE_REQUEST.name}: ${table.name} at byte ${at}: ${why}`,
  );
}

// The table of the most frequent message is built when the script starts, not in a request.
compiled(KEY_VALUE);
