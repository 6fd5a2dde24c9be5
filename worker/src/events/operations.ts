/** The event endpoints in the OpenAPI document. */
import { MAX_BULK_BODY_BYTES, MAX_EVENT_BYTES } from "../limits.ts";
import { fields, JSON_TYPE, jsonAnswer, type Operation } from "../openapi/operation.ts";
import type { Schema } from "../openapi/schema.ts";
import { ACCOUNT_EVENT, EVENT, EVENTS } from "./schema.ts";

const NOT_TRACKED =
  "With `DNT: 1`, `Sec-GPC: 1` or `Do-Not-Track: 1` nothing is stored, and the answer says so.";
const STATUS: Schema = { type: "string", enum: ["stored", "not stored"] };

export const EVENT_OPERATION: Operation = {
  id: "sendEvent",
  tag: "events",
  summary: "Send one product event",
  description:
    "Answered when it is on disk. Events with equal event_name, channel, user_id and timestamp " +
    `count once. At most ${MAX_EVENT_BYTES} bytes, compressed or not. ${NOT_TRACKED}`,
  body: { [JSON_TYPE]: EVENT },
  answers: { 200: jsonAnswer("stored, now or before", fields({ status: STATUS })) },
};

export const BULK: Operation = {
  id: "sendEvents",
  tag: "events",
  summary: "Send many product events",
  description: `All are stored or none. At most ${MAX_BULK_BODY_BYTES} bytes, compressed or not. ${NOT_TRACKED}`,
  body: { [JSON_TYPE]: EVENTS },
  answers: { 200: jsonAnswer("all are stored", fields({ status: STATUS })) },
};

export const ACCOUNT_EVENT_OPERATION: Operation = {
  id: "sendAccountEvent",
  tag: "events",
  summary: "Send one event of an account",
  description:
    "The account is the event's user; fields beside accountId and event are the event's own. " +
    NOT_TRACKED,
  body: { [JSON_TYPE]: ACCOUNT_EVENT },
  answers: {
    200: jsonAnswer("stored", fields({ message: { type: "string", enum: ["success"] } })),
  },
};
