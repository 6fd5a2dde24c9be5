/** The OTLP endpoints in `/openapi.json`; the OTLP specification defines their messages. */
import type { Operation } from "../openapi/operation.ts";
import type { Schema } from "../openapi/schema.ts";
import { JSON_TYPE, PROTOBUF } from "./response.ts";

const OTLP = "https://opentelemetry.io/docs/specs/otlp/#otlphttp";
const BYTES: Schema = { type: "string", format: "binary" };

export function otlpOperation(signal: string): Operation {
  return {
    id: `export_${signal}`,
    tag: "OpenTelemetry",
    summary: `OTLP/HTTP export of ${signal}`,
    description: `The response is sent once the body is on disk. The body may be compressed. See ${OTLP}.`,
    body: { [PROTOBUF]: BYTES, [JSON_TYPE]: { type: "object" } },
    responses: {
      200: {
        description: "stored, except for the rows that `partial_success` reports",
        content: { [PROTOBUF]: BYTES, [JSON_TYPE]: { type: "object" } },
      },
    },
    // google.rpc.Status
    error: {
      [PROTOBUF]: BYTES,
      [JSON_TYPE]: {
        type: "object",
        properties: { code: { type: "integer" }, message: { type: "string" } },
      },
    },
  };
}
