/** What a product event may be. */
import { MAX_BULK_EVENTS, MAX_JSON_DEPTH, MAX_NAME_LENGTH, MAX_TAGS } from "../limits.ts";
import type { Schema } from "../openapi/schema.ts";

const name = (description: string, example: string): Schema => ({
  type: ["string", "null"],
  maxLength: MAX_NAME_LENGTH,
  description,
  examples: [example],
});
const ANY_NAME = `a text of at most ${MAX_NAME_LENGTH} characters`;

/** Before this a number is seconds (until year 5138), from it on milliseconds (since 1973). */
export const MILLISECONDS_FROM = 1e11;
/** What the table's TTL can count with: its DateTime ends in 2106. */
export const MAX_MS = Date.UTC(2100, 0, 1);
export const RFC3339 =
  "^(19[7-9]\\d|20\\d\\d)-\\d\\d-\\d\\d[Tt ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?([Zz]|[+\\-]\\d\\d:\\d\\d)$";

export const TIMESTAMP: Schema = {
  anyOf: [
    { type: "number", minimum: 0, exclusiveMaximum: MAX_MS / 1000 },
    { type: "number", minimum: MILLISECONDS_FROM, exclusiveMaximum: MAX_MS },
    { type: "string", format: "date-time", pattern: RFC3339 },
  ],
  description: "Unix seconds, Unix milliseconds or RFC 3339 text, from 1970 to 2099",
  examples: [1_795_246_000, 1_795_246_000_000, "2026-11-21T07:26:40Z"],
};

export const EVENT: Schema = {
  type: "object",
  description: "a JSON object with the fields of an event; others are kept in its metadata",
  properties: {
    event_name: {
      type: "string",
      minLength: 1,
      maxLength: MAX_NAME_LENGTH,
      description: `a text of 1 to ${MAX_NAME_LENGTH} characters`,
      examples: ["signed_up"],
    },
    channel: name(ANY_NAME, "web"),
    campaign_id: name(ANY_NAME, "spring"),
    user_id: name(ANY_NAME, "u1"),
    timestamp: TIMESTAMP,
    tags: {
      type: ["array", "null"],
      maxItems: MAX_TAGS,
      items: { type: "string", maxLength: MAX_NAME_LENGTH, description: ANY_NAME },
      description: `at most ${MAX_TAGS} texts of at most ${MAX_NAME_LENGTH} characters`,
      examples: [["new", "paid"]],
    },
    metadata: {
      type: ["object", "null"],
      description: `a JSON object, at most ${MAX_JSON_DEPTH} levels deep`,
      examples: [{ plan: "pro", trial: { days: 14 } }],
    },
  },
  required: ["event_name"],
};

export const EVENTS: Schema = {
  type: "array",
  items: EVENT,
  minItems: 1,
  maxItems: MAX_BULK_EVENTS,
  description: `a JSON array of 1 to ${MAX_BULK_EVENTS} events`,
};

/** The request of the service that this one replaces. */
export const ACCOUNT_EVENT: Schema = {
  type: "object",
  description: "a JSON object with accountId and event",
  properties: {
    accountId: {
      type: ["string", "integer"],
      minLength: 1,
      maxLength: MAX_NAME_LENGTH,
      description: `a text of 1 to ${MAX_NAME_LENGTH} characters, or a whole number`,
      examples: ["a-17"],
    },
    event: {
      anyOf: [{ type: "string", minLength: 1, maxLength: MAX_NAME_LENGTH }, EVENT],
      description: `the event's name, or an object with the fields of an event`,
      examples: ["signed_up"],
    },
  },
  required: ["accountId", "event"],
};

/** Columns that are fields of their own; everything else is metadata. */
export const FIELDS: ReadonlySet<string> = new Set(Object.keys(EVENT.properties ?? {}));
