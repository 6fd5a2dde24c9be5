/** What the OpenAPI document says of one endpoint, beside what its scope already says. */
import type { Schema } from "./schema.ts";

export interface Operation {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** An object, a property for each parameter of the query string. */
  readonly parameters?: Schema;
  readonly body?: { readonly [contentType: string]: Schema };
  /** The form of its refusals. Default: `ERROR` as JSON. */
  readonly error?: { readonly [contentType: string]: Schema };
  /** The answers of its own; those that its scope and its body bring along are added. */
  readonly responses: { readonly [status: number]: ResponseSpec };
}

export interface ResponseSpec {
  readonly description: string;
  readonly content: { readonly [contentType: string]: Schema };
}

export const JSON_TYPE = "application/json";

export function jsonResponse(description: string, schema: Schema): ResponseSpec {
  return { description, content: { [JSON_TYPE]: schema } };
}

/** An object of which every named field is there. */
export function fields(properties: { readonly [name: string]: Schema }): Schema {
  return { type: "object", properties, required: Object.keys(properties) };
}

export const ERROR: Schema = fields({
  error: { type: "string", description: "the field, what it held, and what is allowed" },
});
