/** Looks up the fields of a message in `schema.ts` by the bytes of their JSON names. */
import { viewOf } from "./json_reader.ts";
import { type Field, isPacked, type Message, type Type, tagOf } from "./schema.ts";

export interface JsonField {
  readonly name: string;
  /** The name and its closing quote. */
  readonly key: Fixed;
  readonly number: number;
  /** The field number and the wire type; below 128 for every field of OTLP with a length. */
  readonly tag: number;
  readonly type: Type;
  readonly repeated: boolean;
  readonly packed: boolean;
  readonly message: JsonMessage | undefined;
  /** The numbers of an enum by name. */
  readonly values: ReadonlyMap<string, number>;
}

/** Expected bytes, which are compared four at a time. */
export interface Fixed {
  readonly length: number;
  /** The last four bytes, which may overlap the four before. */
  readonly words: Int32Array;
}

/** Fields by the first byte of their names: usually one or a few. */
export type JsonMessage = JsonField[][];

/**
 * JSON, also as a `DataView` for reading several bytes at once. The length is stored, because reading
 * it from the `DataView` took a twentieth of the whole time.
 */
export interface Json {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Return the field whose name and closing quote are at `from`; undefined if there is none. */
export function fieldAt(message: JsonMessage, json: Json, from: number): JsonField | undefined {
  const candidates = message[json.bytes[from] as number];
  if (candidates === undefined) {
    return undefined;
  }
  for (const field of candidates) {
    if (isTextAt(json, from, field.key)) {
      return field;
    }
  }
  return undefined;
}

export function isTextAt(json: Json, from: number, { length, words }: Fixed): boolean {
  if (from + length > json.bytes.length) {
    return false;
  }
  const { view } = json;
  const last = length - 4;
  for (let at = 0; at < last; at += 4) {
    if (view.getInt32(from + at, true) !== words[at >> 2]) {
      return false;
    }
  }
  return view.getInt32(from + last, true) === words[words.length - 1];
}

/** @throws Error there are fewer than four bytes. */
export function fixed(text: string): Fixed {
  const bytes = new TextEncoder().encode(text);
  const last = bytes.length - 4;
  const view = new DataView(bytes.buffer);
  const words = Int32Array.from({ length: Math.ceil(bytes.length / 4) }, (_, index) =>
    view.getInt32(Math.min(4 * index, last), true),
  );
  return { length: bytes.length, words };
}

export function fieldNamed(message: JsonMessage, name: string): JsonField | undefined {
  const bytes = new TextEncoder().encode(`${name}"`);
  return fieldAt(message, { bytes, view: viewOf(bytes) }, 0);
}

const cache = new Map<Message, JsonMessage>();

export function jsonMessage(message: Message): JsonMessage {
  const known = cache.get(message);
  if (known !== undefined) {
    return known;
  }
  const table: JsonMessage = [];
  cache.set(message, table); // before the children, because AnyValue contains itself
  for (const [number, field] of Object.entries(message.fields)) {
    // OTLP specifies lowerCamelCase only. The Collector accepts the original names as well.
    for (const name of new Set([field.name, snakeCase(field.name)])) {
      add(table, name, jsonField(name, Number(number), field));
    }
  }
  return table;
}

function jsonField(name: string, number: number, field: Field): JsonField {
  return {
    name: field.name,
    key: fixed(`${name}"`),
    number,
    tag: tagOf(number, field),
    type: field.type,
    repeated: field.repeated === true,
    packed: isPacked(field),
    message: field.message && jsonMessage(field.message),
    values: new Map(field.values?.map((value, index) => [value, index])),
  };
}

function add(table: JsonMessage, name: string, field: JsonField): void {
  const first = name.charCodeAt(0);
  table[first] = [...(table[first] ?? []), field];
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
