/** The admin API in the OpenAPI document. */
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

const NO_BUFFER = jsonResponse("there is no such buffer", ERROR);

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
  summary: "What waits in the buffers, since when and why",
  responses: { 200: jsonResponse("every team's buffers", BUFFERS_BODY) },
};

export const SCRAPE: Operation = {
  id: "pipelineMetrics",
  tag,
  summary: "The pipeline's own metrics, for Prometheus",
  description:
    "Counters and histograms are sums over each team's buffers and never go back; what a buffer " +
    "holds is its own. Without an answer of every buffer there is none.",
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
  summary: "Deliver nothing until resumed",
  description:
    "Telemetry is taken all the while, up to the buffers' bounds, and nothing is lost. ClickHouse " +
    "hears nothing once `inserts_in_flight` is 0.",
  body: { [JSON_TYPE]: TEAM_BODY },
  responses: {
    200: jsonResponse("the team's buffers, or all", BUFFERS_BODY),
    404: jsonResponse("there is no such team", ERROR),
  },
};

export const RESUME: Operation = {
  id: "resumeBuffers",
  tag,
  summary: "Deliver again",
  body: { [JSON_TYPE]: TEAM_BODY },
  responses: {
    200: jsonResponse("the team's buffers, or all", BUFFERS_BODY),
    404: jsonResponse("there is no such team", ERROR),
  },
};

export const LETTERS: Operation = {
  id: "listDeadLetters",
  tag,
  summary: "Bodies that ClickHouse refused",
  parameters: LETTERS_PARAMETERS,
  responses: {
    200: jsonResponse("the oldest, a page of them", {
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
  summary: "The body of one of them",
  parameters: LETTER_PARAMETERS,
  responses: {
    200: {
      description: "OTLP, or events as a line of JSON each",
      content: {
        "application/gzip": BYTES,
        "application/x-protobuf": BYTES,
        "application/x-ndjson": BYTES,
      },
    },
    404: jsonResponse("there is no such buffer, or letter", ERROR),
  },
};

/** For ids, the processed ones; for a filter, per buffer, how many were and how many are left. */
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
  summary: "Send them again, each to the table that refused it",
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
  summary: "Delete them for good",
  description: FILTERED,
  body: { [JSON_TYPE]: LETTERS_BODY },
  responses: {
    200: filterResponse("deleted", "dropped"),
    404: NO_BUFFER,
  },
};
