/** The routes of the worker, and the exports that the runtime calls. */
import type { Caller } from "./access/auth.ts";
import type { Scope } from "./access/types.ts";
import { listBuffers, pauseBuffers, resumeBuffers } from "./admin/buffers.ts";
import {
  deadLetterBody,
  dropDeadLetters,
  listDeadLetters,
  redriveDeadLetters,
} from "./admin/dead_letters.ts";
import * as admin from "./admin/operations.ts";
import { scrape } from "./admin/scrape.ts";
import * as events from "./events/operations.ts";
import { ingestAccountEvent, ingestEvent, ingestEvents } from "./ingest/events.ts";
import { ingestOtlp } from "./ingest/otlp.ts";
import type { Operation } from "./openapi/operation.ts";
import { otlpOperation } from "./otlp/operation.ts";
import { exportResponse, otlpEncodingOf, statusResponse } from "./otlp/response.ts";
import { LOGS, METRICS, type Signal, TRACES } from "./otlp/schema.ts";
import { metrics } from "./query/event_metrics.ts";
import { health } from "./query/health.ts";
import * as query from "./query/operations.ts";
import { jsonError, type Methods, type Route, type Routes, respond } from "./router.ts";
import { script, stylesheet, swagger, swaggerStart } from "./swagger/pages.ts";
import { specFrom } from "./swagger/spec.ts";

export { Clock } from "./buffer/clock.ts";
export { IngestBuffer } from "./buffer/ingest_buffer.ts";

const ROUTES: Routes = new Map<string, Methods>([
  ["/health", { GET: openRoute(health, query.HEALTH) }],
  ["/v1/traces", { POST: otlpRoute("traces", TRACES) }],
  ["/v1/logs", { POST: otlpRoute("logs", LOGS) }],
  ["/v1/metrics", { POST: otlpRoute("metrics", METRICS) }],
  ["/events", { POST: eventsRoute(ingestEvent, events.EVENT_OPERATION, notStored) }],
  ["/events/bulk", { POST: eventsRoute(ingestEvents, events.BULK, notStored) }],
  ["/event", { POST: eventsRoute(ingestAccountEvent, events.ACCOUNT_EVENT_OPERATION, success) }],
  ["/metrics", { GET: jsonRoute("read", metrics, query.METRICS) }],
  ["/admin/buffers", { GET: jsonRoute("admin", listBuffers, admin.BUFFERS) }],
  ["/admin/metrics", { GET: jsonRoute("admin", scrape, admin.SCRAPE) }],
  ["/admin/pause", { POST: jsonRoute("admin", pauseBuffers, admin.PAUSE) }],
  ["/admin/resume", { POST: jsonRoute("admin", resumeBuffers, admin.RESUME) }],
  ["/admin/dead-letters", { GET: jsonRoute("admin", listDeadLetters, admin.LETTERS) }],
  ["/admin/dead-letters/body", { GET: jsonRoute("admin", deadLetterBody, admin.LETTER_BODY) }],
  ["/admin/dead-letters/redrive", { POST: jsonRoute("admin", redriveDeadLetters, admin.REDRIVE) }],
  ["/admin/dead-letters/drop", { POST: jsonRoute("admin", dropDeadLetters, admin.DROP) }],
  ["/openapi.json", { GET: openRoute(async () => Response.json(OPENAPI), null) }],
  ["/", { GET: openRoute(swagger, null) }],
  ["/swagger", { GET: openRoute(swagger, null) }],
  ["/swagger/index.html", { GET: openRoute(swagger, null) }],
  ["/swagger/start.js", { GET: openRoute(swaggerStart, null) }],
  ["/swagger/swagger-ui.js", { GET: openRoute(script, null) }],
  ["/swagger/swagger-ui.css", { GET: openRoute(stylesheet, null) }],
]);
const OPENAPI = specFrom(ROUTES);

export default {
  async fetch(request, env): Promise<Response> {
    return await respond(ROUTES, request, env);
  },
} satisfies ExportedHandler<Env>;

type Handler = (request: Request, env: Env, caller: Caller) => Promise<Response>;
type Untracked = (request: Request, header: string) => Response;

function openRoute(
  handle: (request: Request, env: Env) => Promise<Response>,
  operation: Operation | null,
): Route {
  return { scope: null, handle, operation, toErrorResponse: jsonError };
}

function jsonRoute(scope: Scope, handle: Handler, operation: Operation): Route {
  return { scope, handle, operation, toErrorResponse: jsonError };
}

function eventsRoute(handle: Handler, operation: Operation, untracked: Untracked): Route {
  return { scope: "events", handle, operation, toErrorResponse: jsonError, untracked };
}

function otlpRoute(scope: Scope, signal: Signal): Route {
  const handle: Handler = async (request, env, caller) => {
    const partial = await ingestOtlp(signal, request, env, caller);
    return exportResponse(signal, otlpEncodingOf(request), partial);
  };
  const untracked = (request: Request): Response =>
    exportResponse(signal, otlpEncodingOf(request), null);
  return {
    scope,
    handle,
    operation: otlpOperation(scope),
    toErrorResponse: statusResponse,
    untracked,
  };
}

function notStored(_request: Request, header: string): Response {
  return Response.json({ status: "not stored", reason: header });
}

function success(): Response {
  return Response.json({ message: "success" });
}
