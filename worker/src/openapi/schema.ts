/**
 * JSON Schema of requests: the same objects check requests and are in `/openapi.json`.
 *
 * Only the keywords listed here exist; a schema with another one does not compile. Their meaning is
 * that of JSON Schema 2020-12, which OpenAPI 3.1 uses. `description` states what is allowed, and is
 * part of error messages.
 */
import { HttpError } from "../errors.ts";

type Type = "string" | "number" | "integer" | "boolean" | "array" | "object" | "null";

export interface Schema {
  readonly type?: Type | readonly Type[];
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
}

/** @throws HttpError 400 that names the field, its value and what is allowed. */
export function check(schema: Schema, value: unknown, field: string): void {
  if (Array.isArray(value) && schema.items !== undefined && isOf(schema, value)) {
    const { items } = schema;
    value.forEach((item, index) => {
      check(items, item, `${field}[${index}]`);
    });
  } else if (isObject(value) && isOf(schema, value)) {
    checkFields(schema, value, field);
  } else if (!isOf(schema, value)) {
    throw invalid(field, value, schema.description ?? "another type of value");
  }
}

function checkFields(schema: Schema, value: Record<string, unknown>, field: string): void {
  for (const name of schema.required ?? []) {
    if (value[name] === undefined) {
      throw new HttpError(
        400,
        `${fieldAt(field, name)}: missing; ${schema.properties?.[name]?.description}`,
      );
    }
  }
  for (const [name, item] of Object.entries(value)) {
    const known = schema.properties?.[name];
    if (known !== undefined && Object.hasOwn(schema.properties ?? {}, name)) {
      check(known, item, fieldAt(field, name));
    } else if (schema.additionalProperties === false) {
      const allowed = Object.keys(schema.properties ?? {}).join(", ");
      throw invalid(fieldAt(field, name), item, `the fields ${allowed}`);
    }
  }
}

/** Return the name of a field in error messages, without the prefix `body`. */
export function fieldAt(place: string, name: string): string {
  return place === "body" ? name : `${place}.${name}`;
}

/** Whether the value has the type. `check` checks its items and properties, to name the invalid one. */
function isOf(schema: Schema, value: unknown): boolean {
  if (schema.anyOf !== undefined && !schema.anyOf.some((each) => isOf(each, value))) {
    return false;
  }
  if (schema.type !== undefined && !typesOf(schema).some((type) => isType(type, value))) {
    return false;
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    return false;
  }
  if (typeof value === "string") {
    return isText(schema, value);
  }
  if (typeof value === "number") {
    return isNumber(schema, value);
  }
  if (Array.isArray(value)) {
    const { minItems = 0, maxItems = Infinity } = schema;
    return value.length >= minItems && value.length <= maxItems;
  }
  return true;
}

function typesOf({ type }: Schema): readonly Type[] {
  return typeof type === "string" ? [type] : (type ?? []);
}

function isType(type: Type, value: unknown): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

/** Lengths count UTF-16 units. An emoji has two, and JSON Schema counts it as one character, so the
 * worker is stricter there. */
function isText(schema: Schema, value: string): boolean {
  const { minLength = 0, maxLength = Infinity, pattern } = schema;
  const fits = value.length >= minLength && value.length <= maxLength;
  return fits && (pattern === undefined || patternOf(pattern).test(value));
}

const patterns = new Map<string, RegExp>();

function patternOf(pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(pattern, "u");
  patterns.set(pattern, known);
  return known;
}

function isNumber(schema: Schema, value: number): boolean {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMaximum = Infinity } = schema;
  return value >= minimum && value <= maximum && value < exclusiveMaximum;
}

/** Whether a value is a JSON object. A number from `JSON.rawJSON` is an object without a prototype. */
export function isObject(value: unknown): value is Record<string, unknown> {
  const isOne = typeof value === "object" && value !== null && !Array.isArray(value);
  return isOne && Object.getPrototypeOf(value) !== null;
}

export function invalid(field: string, value: unknown, allowed: string): HttpError {
  return new HttpError(400, `${field}: ${shown(value)}; allowed: ${allowed}`);
}

/** Return a value as one short line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
