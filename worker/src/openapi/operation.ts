/** The description of one endpoint in `/openapi.json`, without the parts that its scope adds. */
import type { Schema } from "./schema.ts";

export interface Operation {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** An object with a property for each parameter of the query string. */
  readonly parameters?: Schema;
  readonly body?: { readonly [contentType: string]: Schema };
  /** The schema of its errors. Default: `ERROR` as JSON. */
  readonly error?: { readonly [contentType: string]: Schema };
  /** Its responses; those that follow from its scope and its body are added. */
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

/** Return the schema of an object with these fields, all of them required. */
export function fields(properties: { readonly [name: string]: Schema }): Schema {
  return { type: "object", properties, required: Object.keys(properties) };
}

export const ERROR: Schema = fields({
  error: { type: "string", description: "the field, its value, and what is allowed" },
});
