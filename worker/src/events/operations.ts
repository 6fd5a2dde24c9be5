/** The event endpoints in `/openapi.json`. */
import { MAX_BULK_BODY_BYTES, MAX_EVENT_BYTES, MAX_REPORTED_EVENTS } from "../limits.ts";
import { ERROR, fields, JSON_TYPE, jsonResponse, type Operation } from "../openapi/operation.ts";
import type { Schema } from "../openapi/schema.ts";
import {
  ACCOUNT_EVENT,
  BULK_PARAMETERS,
  EVENT,
  EVENT_LINES,
  EVENTS,
  EVENTS_OBJECT,
  LINES_TYPES,
  TEXT_TYPE,
} from "./schema.ts";

const NOT_TRACKED =
  "With `DNT: 1`, `Sec-GPC: 1` or `Do-Not-Track: 1` nothing is stored; the status is `not stored`.";
const IDENTITY =
  "Events with equal event_name and event_id count once, and the first one received is kept. An " +
  "event with a timestamp and no event_id has one built from timestamp, channel and user_id; an " +
  "event with neither never counts as a repeat.";
const STATUS: Schema = { type: "string", enum: ["stored", "not stored"] };

export const EVENT_OPERATION: Operation = {
  id: "sendEvent",
  tag: "events",
  summary: "Send one product event",
  description:
    `The response is sent once the event is on disk. ${IDENTITY} At most ${MAX_EVENT_BYTES} bytes, compressed or not. ` +
    `The body is JSON under text/plain, too. ${NOT_TRACKED}`,
  body: { [JSON_TYPE]: EVENT, [TEXT_TYPE]: EVENT },
  responses: { 200: jsonResponse("stored, now or before", fields({ status: STATUS })) },
};

const COUNT: Schema = { type: "integer", minimum: 0 };
const REPORT = fields({
  rejected: { ...COUNT, description: "how many events are not stored" },
  errors: {
    type: "array",
    maxItems: MAX_REPORTED_EVENTS,
    items: fields({ index: COUNT, error: { type: "string" } }),
    description: "the first of them, by their index in the body from 0, with the reason",
  },
  errors_omitted: { ...COUNT, description: "how many more there are" },
}).properties;
const BULK_BODY: Schema = { anyOf: [EVENTS, EVENTS_OBJECT, EVENT] };

export const BULK: Operation = {
  id: "sendEvents",
  tag: "events",
  summary: "Send many product events",
  description:
    'A JSON array, `{"events": [...]}`, or one event a line (NDJSON). Valid events are stored, and ' +
    `the response lists the others; 400 if no event is valid. ${IDENTITY} At most ` +
    `${MAX_BULK_BODY_BYTES} bytes, compressed or not. ${NOT_TRACKED}`,
  parameters: BULK_PARAMETERS,
  body: {
    [JSON_TYPE]: BULK_BODY,
    [TEXT_TYPE]: BULK_BODY,
    ...Object.fromEntries(LINES_TYPES.map((type) => [type, EVENT_LINES])),
  },
  responses: {
    200: jsonResponse("valid events are stored", {
      type: "object",
      properties: { status: STATUS, events: COUNT, ...REPORT },
      required: ["status"],
    }),
    400: jsonResponse("nothing is stored", {
      ...ERROR,
      properties: { ...ERROR.properties, ...REPORT },
    }),
  },
};

export const ACCOUNT_EVENT_OPERATION: Operation = {
  id: "sendAccountEvent",
  tag: "events",
  summary: "Send one event of an account",
  description:
    "The account is the event's user; fields alongside accountId and event are the event's own. " +
    NOT_TRACKED,
  body: { [JSON_TYPE]: ACCOUNT_EVENT, [TEXT_TYPE]: ACCOUNT_EVENT },
  responses: {
    200: jsonResponse("stored", fields({ message: { type: "string", enum: ["success"] } })),
  },
};
