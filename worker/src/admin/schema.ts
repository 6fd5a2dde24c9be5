/** What the admin API may be asked. */
import { MAX_BATCHES_AHEAD } from "../limits.ts";
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
  description: "a dead letter's id as `GET /admin/dead-letters` lists it",
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

export const LETTERS_BODY: Schema = {
  type: "object",
  description: "a JSON object with buffer and ids",
  properties: {
    buffer: BUFFER,
    ids: {
      type: "array",
      items: LETTER,
      minItems: 1,
      maxItems: MAX_BATCHES_AHEAD,
      description: `a list of 1 to ${MAX_BATCHES_AHEAD} ids`,
      examples: [["1-1795246000000"]],
    },
  },
  required: ["buffer", "ids"],
  additionalProperties: false,
};
