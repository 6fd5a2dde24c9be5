/** The query endpoints in `/openapi.json`. */
import { METRICS_MAX_GROUPS } from "../limits.ts";
import { fields, jsonResponse, type Operation } from "../openapi/operation.ts";
import type { Schema } from "../openapi/schema.ts";
import { METRICS_PARAMETERS } from "./schema.ts";

const VERDICT: Schema = { type: "string", enum: ["ok", "unreachable"] };
const HEALTH_BODY: Schema = fields({
  status: { type: "string", enum: ["ok", "degraded", "unavailable"] },
  buffer: VERDICT,
  clickhouse: VERDICT,
});

export const HEALTH: Operation = {
  id: "health",
  tag: "health",
  summary: "Whether telemetry is accepted",
  responses: {
    200: jsonResponse("accepted; `degraded` while it cannot be delivered", HEALTH_BODY),
    503: jsonResponse("not accepted, because the buffer does not respond", HEALTH_BODY),
  },
};

const COUNT: Schema = { type: "integer", minimum: 0 };
const COUNTS = { total: COUNT, unique_users: COUNT };
const TIME: Schema = { type: "string", format: "date-time" };
const METRICS_BODY = fields({
  event_name: { type: "string" },
  from: TIME,
  to: TIME,
  ...COUNTS,
});

export const METRICS: Operation = {
  id: "metrics",
  tag: "read",
  summary: "Count an event and its users",
  description:
    "Events that were sent more than once count once; users are those that an event names. With " +
    "`group_by=tag` an event counts once for each of its tags. " +
    `At most ${METRICS_MAX_GROUPS} groups: the largest, or of hours and days the earliest.`,
  parameters: METRICS_PARAMETERS,
  responses: {
    200: jsonResponse("counts, and with group_by those of each group", {
      ...METRICS_BODY,
      properties: {
        ...METRICS_BODY.properties,
        group_by: { type: "string" },
        groups: { type: "array", items: fields({ key: { type: "string" }, ...COUNTS }) },
        truncated: { type: "boolean" },
      },
    }),
  },
};
