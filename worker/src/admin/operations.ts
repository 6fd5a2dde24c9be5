/** The admin API in `/openapi.json`. */
import { STATUS_PROPERTIES } from "../buffer/status.ts";
import {
  ERROR,
  fields,
  JSON_TYPE,
  jsonResponse,
  type Operation,
  type ResponseSpec,
} from "../openapi/operation.ts";
import type { Schema } from "../openapi/schema.ts";
import { LETTER_PARAMETERS, LETTERS_BODY, LETTERS_PARAMETERS, TEAM_BODY } from "./schema.ts";

const tag = "admin";
const TEXT: Schema = { type: "string" };
const COUNT: Schema = { type: "integer", minimum: 0 };
const IDS: Schema = { type: "array", items: TEXT };

const NO_BUFFER = jsonResponse("no buffer has this name", ERROR);

const BUFFERS_BODY = fields({
  buffers: {
    type: "array",
    items: fields({
      buffer: TEXT,
      team: TEXT,
      ...STATUS_PROPERTIES,
    }),
  },
});

export const BUFFERS: Operation = {
  id: "listBuffers",
  tag,
  summary: "List the buffers, with what waits in them",
  responses: { 200: jsonResponse("every team's buffers", BUFFERS_BODY) },
};

export const SCRAPE: Operation = {
  id: "pipelineMetrics",
  tag,
  summary: "The pipeline's own metrics, for Prometheus",
  description:
    "Counters and histograms are sums over each team's buffers and never decrease; gauges are per " +
    "buffer. The response is a 503 if one buffer does not respond.",
  responses: {
    200: {
      description: "Prometheus's text format 0.0.4",
      content: { "text/plain": TEXT },
    },
  },
};

export const PAUSE: Operation = {
  id: "pauseBuffers",
  tag,
  summary: "Pause delivery",
  description:
    "Telemetry is still accepted, up to the buffers' limits, and nothing is lost. The buffers send " +
    "nothing to ClickHouse once `inserts_in_flight` is 0.",
  body: { [JSON_TYPE]: TEAM_BODY },
  responses: {
    200: jsonResponse("the team's buffers, or all", BUFFERS_BODY),
    404: jsonResponse("no team has this name", ERROR),
  },
};

export const RESUME: Operation = {
  id: "resumeBuffers",
  tag,
  summary: "Resume delivery",
  body: { [JSON_TYPE]: TEAM_BODY },
  responses: {
    200: jsonResponse("the team's buffers, or all", BUFFERS_BODY),
    404: jsonResponse("no team has this name", ERROR),
  },
};

export const LETTERS: Operation = {
  id: "listDeadLetters",
  tag,
  summary: "List the bodies that ClickHouse rejected",
  parameters: LETTERS_PARAMETERS,
  responses: {
    200: jsonResponse("a page of dead letters, the oldest first", {
      ...fields({
        buffer: TEXT,
        dead_letters: {
          type: "array",
          items: fields({
            id: TEXT,
            kind: TEXT,
            table: TEXT,
            encoding: TEXT,
            error: TEXT,
            at: { type: "string", format: "date-time" },
            bytes: COUNT,
          }),
        },
      }),
    }),
    404: NO_BUFFER,
  },
};

const BYTES: Schema = { type: "string", format: "binary" };

export const LETTER_BODY: Operation = {
  id: "deadLetterBody",
  tag,
  summary: "Get the body of a dead letter",
  parameters: LETTER_PARAMETERS,
  responses: {
    200: {
      description: "OTLP, or events as one line of JSON each",
      content: {
        "application/gzip": BYTES,
        "application/x-protobuf": BYTES,
        "application/x-ndjson": BYTES,
      },
    },
    404: jsonResponse("no buffer has this name, or no dead letter this id", ERROR),
  },
};

/** Describes the processed ids, and for a filter also the number that remains, per buffer. */
function filterResponse(description: string, done: "redriven" | "dropped"): ResponseSpec {
  const buffer = fields({ buffer: TEXT, [done]: IDS, remaining: COUNT });
  return jsonResponse(description, {
    anyOf: [
      fields({ [done]: IDS, unknown: IDS }),
      fields({
        buffers: { type: "array", items: buffer },
        remaining: COUNT,
        older_than: { type: "string", format: "date-time" },
      }),
    ],
  });
}

const FILTERED =
  "Selected by ids of one buffer, or by a filter: a buffer, a team or all teams, a table, an " +
  "error or its code, older than a time. A filter moves a bounded number per call: repeat the " +
  "call with the `older_than` of its response until `remaining` is 0.";

export const REDRIVE: Operation = {
  id: "redriveDeadLetters",
  tag,
  summary: "Redrive dead letters: send each again to the table that rejected it",
  description: `${FILTERED} A body that is rejected again becomes a dead letter with another id.`,
  body: { [JSON_TYPE]: LETTERS_BODY },
  responses: {
    200: filterResponse("scheduled for delivery", "redriven"),
    404: NO_BUFFER,
  },
};

export const DROP: Operation = {
  id: "dropDeadLetters",
  tag,
  summary: "Delete dead letters permanently",
  description: FILTERED,
  body: { [JSON_TYPE]: LETTERS_BODY },
  responses: {
    200: filterResponse("deleted", "dropped"),
    404: NO_BUFFER,
  },
};
