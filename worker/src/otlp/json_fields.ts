/** The messages of `schema.ts` as the JSON reader looks them up: by the bytes of a field's name. */
import { type Field, isPacked, type Message, type Type, WIRE_LEN, WIRES } from "./schema.ts";

export interface JsonField {
  readonly name: string;
  /** The name and the quote after it. */
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

/** Fields by the first byte of their names: mostly one, or a few. */
export type JsonMessage = JsonField[][];

/** The field whose name, with the quote that ends it, stands at `from`; undefined if none does. */
export function fieldAt(
  message: JsonMessage,
  bytes: Uint8Array,
  from: number,
): JsonField | undefined {
  const candidates = message[bytes[from] as number];
  if (candidates === undefined) {
    return undefined;
  }
  for (const field of candidates) {
    if (startsWith(field.key, bytes, from)) {
      return field;
    }
  }
  return undefined;
}

function startsWith(key: Uint8Array, bytes: Uint8Array, from: number): boolean {
  // The quote first: names that begin alike mostly differ in length.
  for (let index = key.length - 1; index > 0; index--) {
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
  const table: JsonMessage = [];
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
    key: new TextEncoder().encode(`${name}"`),
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
  const first = field.key[0] as number;
  table[first] = [...(table[first] ?? []), field];
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
