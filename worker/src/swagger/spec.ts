/** `/openapi.json`: the routes as OpenAPI 3.1, with the schemas that check their requests. */
import { ERROR, JSON_TYPE, type Operation } from "../openapi/operation.ts";
import type { Schema } from "../openapi/schema.ts";
import type { Route, Routes } from "../router.ts";

type Json = { readonly [key: string]: unknown };

export function specFrom(routes: Routes): Json {
  const paths: Record<string, Json> = {};
  for (const [path, methods] of routes) {
    const shown = Object.entries(methods).flatMap(([method, route]) =>
      route.operation === null
        ? []
        : [[method.toLowerCase(), operationFrom(route, route.operation)] as const],
    );
    if (shown.length > 0) {
      paths[path] = Object.fromEntries(shown);
    }
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Telemetry ingest",
      version: "1",
      description:
        "OpenTelemetry and product events, on disk before the response, in ClickHouse exactly once.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths,
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        password: {
          type: "http",
          scheme: "basic",
          description: "any user name, and the token as the password",
        },
      },
    },
  };
}

function operationFrom(route: Route, operation: Operation): Json {
  const { id, tag, summary, description, parameters, body } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description && { description }),
    ...(parameters && { parameters: parametersFrom(parameters) }),
    ...(body && { requestBody: { required: true, content: contentFrom(body) } }),
    responses: responsesFrom(route, operation),
    ...(route.scope === null
      ? {}
      : { security: [{ token: [] }, { password: [] }], "x-scope": route.scope }),
  };
}

function parametersFrom(schema: Schema): Json[] {
  return Object.entries(schema.properties ?? {}).map(([name, { description, ...value }]) => ({
    name,
    in: "query",
    required: schema.required?.includes(name) ?? false,
    description,
    schema: value,
  }));
}

function contentFrom(content: { readonly [type: string]: Schema }): Json {
  return Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, { schema }]));
}

const RETRY_AFTER = {
  "retry-after": { description: "seconds until the next attempt", schema: { type: "integer" } },
};

/** Responses that many endpoints have: status, description, and the condition for an endpoint. */
const SHARED_RESPONSES: readonly (readonly [
  number,
  string,
  (route: Route, operation: Operation) => boolean,
])[] = [
  [400, "a field is missing, unknown or has an invalid value", (_route, o) => takesInput(o)],
  [401, "no token, or an unknown or expired one", (r) => r.scope !== null],
  [403, "the token lacks the scope of this endpoint", (r) => r.scope !== null],
  [408, "the body did not come in time", (_route, o) => o.body !== undefined],
  [413, "the body is too large; send smaller ones", (_route, o) => o.body !== undefined],
  [415, "a content type or encoding that is not supported", (_route, o) => o.body !== undefined],
  [429, "the token exceeds its rate, or the buffer is full", (r) => r.scope !== null],
  [503, "the buffer or ClickHouse cannot be reached", (r) => r.scope !== null],
];
const RETRIED: ReadonlySet<number> = new Set([429, 503]);

function takesInput({ body, parameters }: Operation): boolean {
  return body !== undefined || parameters !== undefined;
}

function responsesFrom(route: Route, operation: Operation): Json {
  const own = Object.entries(operation.responses).map(
    ([status, { description, content }]) =>
      [status, { description, content: contentFrom(content) }] as const,
  );
  const shared = SHARED_RESPONSES.filter(([, , applies]) => applies(route, operation)).map(
    ([status, description]) =>
      [
        String(status),
        {
          description,
          ...(RETRIED.has(status) && { headers: RETRY_AFTER }),
          content: contentFrom(errorContent(operation)),
        },
      ] as const,
  );
  return Object.fromEntries([...shared, ...own]);
}

/** Return the schema of errors. OTLP endpoints return errors in the format of their responses. */
function errorContent(operation: Operation): { readonly [type: string]: Schema } {
  return operation.error ?? { [JSON_TYPE]: ERROR };
}
