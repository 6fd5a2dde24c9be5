/** The schema of a product event. */
import { MAX_BULK_EVENTS, MAX_JSON_DEPTH, MAX_NAME_LENGTH, MAX_TAGS } from "../limits.ts";
import type { Schema } from "../openapi/schema.ts";
import { DATE_TIME_PATTERN, MAX_MS, MILLISECONDS_FROM } from "./dates.ts";

/** The content type of `navigator.sendBeacon` with a string; the body is still JSON. */
export const TEXT_TYPE = "text/plain";
/** NDJSON has no registered content type. Programs send these. */
export const LINES_TYPES: readonly string[] = [
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/x-jsonlines",
];

/** An object of unknown content. */
export type Fields = Record<string, unknown>;

const name = (description: string, example: string): Schema => ({
  type: ["string", "null"],
  maxLength: MAX_NAME_LENGTH,
  description,
  examples: [example],
});
const ANY_NAME = `a string of at most ${MAX_NAME_LENGTH} characters`;
const INTEGER = "an integer of at most 64 bits";
/** Ids from databases are often integers. */
const INTEGER_BOUNDS = { minimum: -(2 ** 63), exclusiveMaximum: 2 ** 64 };

export const TIMESTAMP: Schema = {
  anyOf: [
    { type: "null" },
    { type: "number", minimum: 0, exclusiveMaximum: MAX_MS / 1000 },
    { type: "number", minimum: MILLISECONDS_FROM, exclusiveMaximum: MAX_MS },
    { type: "string", pattern: DATE_TIME_PATTERN },
  ],
  description:
    "Unix seconds, Unix milliseconds, or RFC 3339 with a time of day like 2026-11-21T07:26:40Z " +
    "(UTC without a zone), of a day that exists; " +
    "default: now",
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
      description: `a string of 1 to ${MAX_NAME_LENGTH} characters`,
      examples: ["signed_up"],
    },
    event_id: {
      type: ["string", "integer", "null"],
      minLength: 1,
      maxLength: MAX_NAME_LENGTH,
      ...INTEGER_BOUNDS,
      description:
        `a string of 1 to ${MAX_NAME_LENGTH} characters, or ${INTEGER}; ` +
        "`built:` at its start is reserved",
      examples: ["018f2f6e-7a7b-7c3a-9d55-0a1b2c3d4e5f"],
    },
    channel: name(ANY_NAME, "web"),
    campaign_id: name(ANY_NAME, "spring"),
    user_id: {
      type: ["string", "integer", "null"],
      maxLength: MAX_NAME_LENGTH,
      ...INTEGER_BOUNDS,
      description: `${ANY_NAME}, or ${INTEGER}`,
      examples: ["u1", 17],
    },
    timestamp: TIMESTAMP,
    tags: {
      type: ["array", "null"],
      maxItems: MAX_TAGS,
      items: { type: "string", maxLength: MAX_NAME_LENGTH, description: ANY_NAME },
      description: `at most ${MAX_TAGS} strings of at most ${MAX_NAME_LENGTH} characters`,
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
  description: `1 to ${MAX_BULK_EVENTS} events`,
};

export const EVENTS_OBJECT: Schema = {
  type: "object",
  properties: { events: EVENTS },
  required: ["events"],
  additionalProperties: false,
};

/** OpenAPI 3.1 has no schema for the lines of a string. */
export const EVENT_LINES: Schema = {
  type: "string",
  description: "one event per line, each a JSON object",
  examples: ['{"event_name":"signed_up"}\n{"event_name":"paid"}\n'],
};

export const BULK_PARAMETERS: Schema = {
  type: "object",
  properties: {
    atomic: {
      type: "string",
      enum: ["true", "false"],
      description: "true: all events are stored, or none; default: false, all valid ones are",
      examples: ["true"],
    },
  },
};

/** The request of an earlier service, for compatibility. */
export const ACCOUNT_EVENT: Schema = {
  type: "object",
  description: "a JSON object with accountId and event",
  properties: {
    accountId: {
      type: ["string", "integer"],
      minLength: 1,
      maxLength: MAX_NAME_LENGTH,
      ...INTEGER_BOUNDS,
      description: `a string of 1 to ${MAX_NAME_LENGTH} characters, or ${INTEGER}`,
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

/** The fields with a column; all other fields are metadata. */
export const FIELDS: ReadonlySet<string> = new Set(Object.keys(EVENT.properties ?? {}));
