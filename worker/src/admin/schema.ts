/** The parameters and bodies of the admin API. */
import { MAX_OPEN_BATCHES } from "../limits.ts";
import type { Schema } from "../openapi/schema.ts";

const BUFFER: Schema = {
  type: "string",
  minLength: 1,
  maxLength: 128,
  description: "a buffer's name as `GET /admin/buffers` lists it",
  examples: ["default/0"],
};
const LETTER: Schema = {
  type: "string",
  pattern: "^\\d{1,15}-\\d{1,15}$",
  description:
    "a string like 1-1795246000000, a dead letter's id as `GET /admin/dead-letters` lists it",
  examples: ["1-1795246000000"],
};

export const TEAM_BODY: Schema = {
  type: "object",
  description: "a JSON object, empty for all teams",
  properties: {
    team: { type: "string", description: "a team's name", examples: ["default"] },
  },
  additionalProperties: false,
};

export const LETTERS_PARAMETERS: Schema = {
  type: "object",
  properties: {
    buffer: BUFFER,
    after: { ...LETTER, description: "the last id of the page before" },
  },
  required: ["buffer"],
  additionalProperties: false,
};

export const LETTER_PARAMETERS: Schema = {
  type: "object",
  properties: { buffer: BUFFER, id: LETTER },
  required: ["buffer", "id"],
  additionalProperties: false,
};

/** As `JSON.stringify` writes a `Date`, or with an offset and any fraction. */
const RFC3339 = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})$";

export const LETTERS_BODY: Schema = {
  type: "object",
  description: "a JSON object with buffer and ids, or with some of the filters",
  properties: {
    buffer: BUFFER,
    team: { type: "string", description: "a team's name", examples: ["default"] },
    table: {
      type: "string",
      minLength: 1,
      maxLength: 64,
      description: "the table that rejected it",
      examples: ["otel_traces"],
    },
    error: {
      type: "string",
      minLength: 1,
      maxLength: 200,
      description: "any part of ClickHouse's error message, 1 to 200 characters",
      examples: ["Cannot read all data"],
    },
    code: {
      type: "integer",
      minimum: 1,
      maximum: 9_999,
      description: "ClickHouse's code of the error",
      examples: [33],
    },
    older_than: {
      type: "string",
      pattern: RFC3339,
      format: "date-time",
      description: "RFC 3339 with a time of day like 2026-11-21T00:00:00Z, default: now",
      examples: ["2026-11-21T00:00:00Z"],
    },
    ids: {
      type: "array",
      items: LETTER,
      minItems: 1,
      maxItems: MAX_OPEN_BATCHES,
      description: `a list of 1 to ${MAX_OPEN_BATCHES} strings like 1-1795246000000`,
      examples: [["1-1795246000000"]],
    },
  },
  additionalProperties: false,
};
