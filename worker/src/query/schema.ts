/** The parameters of `GET /metrics`. */
import { DATE_PATTERN, DATE_TIME_PATTERN } from "../events/dates.ts";
import { MAX_NAME_LENGTH, METRICS_DEFAULT_DAYS } from "../limits.ts";
import type { Schema } from "../openapi/schema.ts";

/** SQL expressions by the value of `group_by`. Callers choose one and never write SQL. */
export const GROUP_EXPRESSIONS = {
  channel: "toString(channel)",
  campaign_id: "campaign_id",
  user_id: "user_id",
  tag: "toString(arrayJoin(arrayDistinct(tags)))",
  hour: "formatDateTime(toStartOfHour(timestamp), '%Y-%m-%dT%H:00:00Z', 'UTC')",
  day: "formatDateTime(timestamp, '%Y-%m-%d', 'UTC')",
} as const;
export type GroupBy = keyof typeof GROUP_EXPRESSIONS;

const A_TIME = "Unix seconds, Unix milliseconds, RFC 3339 (UTC without a zone) or a date";

const time = (description: string, example: string): Schema => ({
  type: "string",
  pattern: `^\\d{1,13}(\\.\\d{1,9})?$|${DATE_TIME_PATTERN}|${DATE_PATTERN}`,
  description,
  examples: [example],
});

export const METRICS_PARAMETERS: Schema = {
  type: "object",
  properties: {
    event_name: {
      type: "string",
      minLength: 1,
      maxLength: MAX_NAME_LENGTH,
      description: `a string of 1 to ${MAX_NAME_LENGTH} characters`,
      examples: ["signed_up"],
    },
    from: time(
      `${A_TIME}; a date is the start of the day; default: ${METRICS_DEFAULT_DAYS} days before \`to\``,
      "2026-11-01T00:00:00Z",
    ),
    to: time(`${A_TIME}; counts itself, and a date its whole day; default: now`, "2026-11-21"),
    group_by: {
      type: "string",
      enum: Object.keys(GROUP_EXPRESSIONS),
      description: Object.keys(GROUP_EXPRESSIONS).join(", "),
    },
  },
  required: ["event_name"],
  additionalProperties: false,
};
