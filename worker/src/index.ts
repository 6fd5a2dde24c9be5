/** Routes; every answer of the worker is made here. */
import type { Scope } from "./access/config.ts";
import { isPreflight, preflight, withCors } from "./access/cors.ts";
import { asNotTracked, doNotTrack } from "./access/privacy.ts";
import { listBuffers, pauseBuffers, resumeBuffers } from "./admin/buffers.ts";
import {
  deadLetterBody,
  dropDeadLetters,
  listDeadLetters,
  redriveDeadLetters,
} from "./admin/dead_letters.ts";
import { authenticate, type Caller } from "./auth.ts";
import { discardBody } from "./body.ts";
import { Refusal } from "./errors.ts";
import { ingestAccountEvent, ingestEvent, ingestEvents } from "./events/ingest.ts";
import { ingestOtlp } from "./ingest.ts";
import { exportResponse, otlpEncodingOf, statusResponse } from "./otlp/answer.ts";
import { LOGS, METRICS, type Signal, TRACES } from "./otlp/schema.ts";
import { health } from "./query/health.ts";
import { metrics } from "./query/metrics.ts";

export { IngestBuffer } from "./buffer.ts";

type Method = "GET" | "POST";

/** What a path does with one method. */
type Route = {
  /** How this endpoint's clients expect to be refused. */
  readonly refuse: (refusal: Refusal, request: Request) => Response;
} & (
  | { readonly scope: null; readonly handle: (request: Request, env: Env) => Promise<Response> }
  | {
      readonly scope: Scope;
      readonly handle: (request: Request, env: Env, caller: Caller) => Promise<Response>;
      /** What a sender hears that asked not to be tracked; absent where nothing is sent. */
      readonly untracked?: (request: Request, header: string) => Response;
    }
);

type Methods = { readonly [method in Method]?: Route };

const ROUTES: ReadonlyMap<string, Methods> = new Map<string, Methods>([
  ["/health", { GET: { scope: null, handle: health, refuse: jsonRefusal } }],
  ["/metrics", { GET: { scope: "read", handle: metrics, refuse: jsonRefusal } }],
  ["/admin/buffers", { GET: adminRoute(listBuffers) }],
  ["/admin/pause", { POST: adminRoute(pauseBuffers) }],
  ["/admin/resume", { POST: adminRoute(resumeBuffers) }],
  ["/admin/dead-letters", { GET: adminRoute(listDeadLetters) }],
  ["/admin/dead-letters/body", { GET: adminRoute(deadLetterBody) }],
  ["/admin/dead-letters/redrive", { POST: adminRoute(redriveDeadLetters) }],
  ["/admin/dead-letters/drop", { POST: adminRoute(dropDeadLetters) }],
  ["/v1/traces", { POST: otlpRoute("traces", TRACES) }],
  ["/v1/logs", { POST: otlpRoute("logs", LOGS) }],
  ["/v1/metrics", { POST: otlpRoute("metrics", METRICS) }],
  ["/events", { POST: eventsRoute(ingestEvent, notStored) }],
  ["/events/bulk", { POST: eventsRoute(ingestEvents, notStored) }],
  [
    "/event",
    { POST: eventsRoute(ingestAccountEvent, () => Response.json({ message: "success" })) },
  ],
]);

export default {
  async fetch(request, env): Promise<Response> {
    return withCors(await respond(request, env), request, env);
  },
} satisfies ExportedHandler<Env>;

async function respond(request: Request, env: Env): Promise<Response> {
  const { pathname } = new URL(request.url);
  const methods = ROUTES.get(pathname);
  const route = routeOf(methods, request.method);
  try {
    if (methods === undefined) {
      const known = [...ROUTES.keys()].join(", ");
      throw new Refusal(404, `path: ${pathname} is not served; there are ${known}`);
    }
    if (isPreflight(request)) {
      return preflight(request, env, Object.keys(methods));
    }
    if (route === undefined) {
      const allowed = Object.keys(methods).join(", ");
      throw new Refusal(405, `method: ${request.method}; ${pathname} takes ${allowed} only`, {
        headers: { allow: allowed },
      });
    }
    return await answer(route, request, env);
  } catch (error) {
    await discardBody(request).catch(() => undefined); // the sender has gone: nobody to answer
    return refuserOf(methods, route)(refusalFrom(error), request);
  }
}

function routeOf(methods: Methods | undefined, method: string): Route | undefined {
  const known = methods !== undefined && Object.hasOwn(methods, method);
  return known ? methods[method as Method] : undefined;
}

async function answer(route: Route, request: Request, env: Env): Promise<Response> {
  if (route.scope === null) {
    return await route.handle(request, env);
  }
  const caller = await authenticate(request, env, route.scope);
  const untracked = route.untracked === undefined ? null : doNotTrack(request);
  if (route.untracked !== undefined && untracked !== null) {
    await discardBody(request);
    return asNotTracked(route.untracked(request, untracked));
  }
  return await route.handle(request, env, caller);
}

/** A wrong method of a path is refused as that path's other methods would. */
function refuserOf(methods: Methods | undefined, route: Route | undefined): Route["refuse"] {
  return (route ?? Object.values(methods ?? {})[0])?.refuse ?? jsonRefusal;
}

function otlpRoute(scope: Scope, signal: Signal): Route {
  const handle = async (request: Request, env: Env, caller: Caller): Promise<Response> => {
    const rejected = await ingestOtlp(signal, request, env, caller);
    return exportResponse(signal, otlpEncodingOf(request), rejected);
  };
  const untracked = (request: Request): Response =>
    exportResponse(signal, otlpEncodingOf(request), { rows: 0, reason: null });
  return { scope, handle, refuse: statusResponse, untracked };
}

type Handler = (request: Request, env: Env, caller: Caller) => Promise<Response>;
type Untracked = (request: Request, header: string) => Response;

function eventsRoute(handle: Handler, untracked: Untracked): Route {
  return { scope: "events", handle, refuse: jsonRefusal, untracked };
}

function adminRoute(handle: Handler): Route {
  return { scope: "admin", handle, refuse: jsonRefusal };
}

function notStored(_request: Request, header: string): Response {
  return Response.json({ status: "not stored", reason: header });
}

function jsonRefusal(refusal: Refusal): Response {
  const headers = new Headers(refusal.headers);
  if (refusal.retryAfterSeconds !== undefined) {
    headers.set("retry-after", String(refusal.retryAfterSeconds));
  }
  return Response.json({ error: refusal.message }, { status: refusal.status, headers });
}

/** A bug of ours is a 500 without details, and not to be retried: the same body meets it again. */
function refusalFrom(error: unknown): Refusal {
  if (error instanceof Refusal) {
    return error;
  }
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return new Refusal(500, "internal error; the operator's log has the details");
}
