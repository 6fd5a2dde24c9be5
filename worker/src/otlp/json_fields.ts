/** The messages of `schema.ts` as the JSON reader looks them up: by the bytes of a field's name. */
import { type Field, isPacked, type Message, type Type, WIRE_LEN, WIRES } from "./schema.ts";

export interface JsonField {
  readonly name: string;
  /** The name as it stands between the quotes. */
  readonly key: Uint8Array;
  readonly number: number;
  /** Number and wire type; below 128 for every field of OTLP that has a length. */
  readonly tag: number;
  readonly type: Type;
  readonly repeated: boolean;
  readonly packed: boolean;
  readonly message: JsonMessage | undefined;
  /** Numbers of an enum's values by name. */
  readonly values: ReadonlyMap<string, number>;
}

/** Fields by the hash of their names; equal hashes are in one list. */
export type JsonMessage = Map<number, JsonField[]>;

/** Of a name, byte by byte: `hash = hashStep(hash, byte)`, from 0 on. */
export function hashStep(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

/** The field that the bytes between `from` and `to` name; undefined if there is none. */
export function fieldNamed(
  message: JsonMessage,
  name: { hash: number; bytes: Uint8Array; from: number; to: number },
): JsonField | undefined {
  const candidates = message.get(name.hash);
  if (candidates === undefined) {
    return undefined;
  }
  for (const field of candidates) {
    if (equals(field.key, name.bytes, name.from, name.to)) {
      return field;
    }
  }
  return undefined;
}

function equals(key: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (key.length !== to - from) {
    return false;
  }
  for (let index = 0; index < key.length; index++) {
    if (key[index] !== bytes[from + index]) {
      return false;
    }
  }
  return true;
}

const cache = new Map<Message, JsonMessage>();

export function jsonMessage(message: Message): JsonMessage {
  const known = cache.get(message);
  if (known !== undefined) {
    return known;
  }
  const table: JsonMessage = new Map();
  cache.set(message, table); // before the children: AnyValue holds itself
  for (const [number, field] of Object.entries(message.fields)) {
    // OTLP has lowerCamelCase only; the Collector takes the original names too, and so do we.
    for (const name of new Set([field.name, snakeCase(field.name)])) {
      add(table, jsonField(name, Number(number), field));
    }
  }
  return table;
}

function jsonField(name: string, number: number, field: Field): JsonField {
  const packed = isPacked(field);
  return {
    name: field.name,
    key: new TextEncoder().encode(name),
    number,
    tag: number * 8 + (packed ? WIRE_LEN : WIRES[field.type]),
    type: field.type,
    repeated: field.repeated === true,
    packed,
    message: field.message && jsonMessage(field.message),
    values: new Map(field.values?.map((value, index) => [value, index])),
  };
}

function add(table: JsonMessage, field: JsonField): void {
  const hash = field.key.reduce(hashStep, 0);
  table.set(hash, [...(table.get(hash) ?? []), field]);
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
