/** Finds the route of a request, and turns errors into responses. */
import { authenticate, type Caller } from "./access/auth.ts";
import { accessOf } from "./access/config.ts";
import { isPreflight, preflight, withCors } from "./access/cors.ts";
import { normalised, pathOf } from "./access/path.ts";
import { asNotTracked, doNotTrack } from "./access/privacy.ts";
import { secured } from "./access/security.ts";
import type { Scope } from "./access/types.ts";
import { type Call, countCall, countersOf, startCall } from "./append/request_counts.ts";
import { discardBody } from "./body/discard_body.ts";
import { releaseBody } from "./body/read_body.ts";
import { HttpError, quoted } from "./errors.ts";
import type { Operation } from "./openapi/operation.ts";
import { reportBug } from "./telemetry/reports.ts";

export type Method = "GET" | "POST";

/** The handler of one path and method. */
export type Route = {
  /** Its description in `/openapi.json`; null: it is not part of the API. */
  readonly operation: Operation | null;
  /** Returns an error in the format that clients of this endpoint expect. */
  readonly toErrorResponse: (error: HttpError, request: Request) => Response;
} & (
  | { readonly scope: null; readonly handle: (request: Request, env: Env) => Promise<Response> }
  | {
      readonly scope: Scope;
      readonly handle: (request: Request, env: Env, caller: Caller) => Promise<Response>;
      /** The response to a sender that opted out of tracking; absent if the endpoint stores nothing. */
      readonly untracked?: (request: Request, header: string) => Response;
    }
);

export type Methods = { readonly [method in Method]?: Route };

export type Routes = ReadonlyMap<string, Methods>;

export async function respond(routes: Routes, request: Request, env: Env): Promise<Response> {
  const call = startCall();
  try {
    const secure = secured(await respondTo(routes, request, env, call), request.url);
    const response = withCors(secure, request, env);
    countCall(call, request, response.status, env);
    return request.method === "HEAD" ? await withoutBody(response) : response;
  } finally {
    releaseBody(request);
  }
}

async function respondTo(
  routes: Routes,
  request: Request,
  env: Env,
  call: Call,
): Promise<Response> {
  const sent = pathOf(request.url);
  const pathname = routes.has(sent) ? sent : normalised(sent);
  const methods = routes.get(pathname);
  call.route = methods === undefined ? "" : pathname;
  const route = routeOf(methods, request.method);
  try {
    if (methods === undefined) {
      const known = [...routes.keys()].join(", ");
      throw new HttpError(404, `path: ${quoted(pathname)} does not exist; paths: ${known}`);
    }
    if (isPreflight(request)) {
      return preflight(request, env, methodsOf(methods));
    }
    if (route === undefined) {
      const allowed = methodsOf(methods).join(", ");
      throw new HttpError(405, `method: ${request.method}; ${pathname} accepts ${allowed} only`, {
        headers: { allow: allowed },
      });
    }
    return await handle(route, request, env, call);
  } catch (error) {
    await discardBody(request).catch(() => undefined); // the sender has disconnected
    return errorFormatOf(methods, route)(httpErrorFrom(error, env, call), request);
  }
}

/** HEAD is GET without a body: https://www.rfc-editor.org/rfc/rfc9110#name-head */
function routeOf(methods: Methods | undefined, sent: string): Route | undefined {
  const method = sent === "HEAD" ? "GET" : sent;
  const known = methods !== undefined && Object.hasOwn(methods, method);
  return known ? methods[method as Method] : undefined;
}

function methodsOf(methods: Methods): string[] {
  return Object.keys(methods).flatMap((method) => (method === "GET" ? [method, "HEAD"] : [method]));
}

/** Return the same headers, with the length of the body of a GET. */
async function withoutBody(response: Response): Promise<Response> {
  const { byteLength } = await response.arrayBuffer();
  const { status, headers } = response;
  headers.set("content-length", String(byteLength));
  return new Response(null, { status, headers });
}

async function handle(route: Route, request: Request, env: Env, call: Call): Promise<Response> {
  if (route.scope === null) {
    return await route.handle(request, env);
  }
  const caller = authenticate(request, env, route.scope);
  call.team = caller.team.name;
  const untracked = accessOf(env).honorsDoNotTrack ? doNotTrack(request) : null;
  if (route.untracked !== undefined && untracked !== null) {
    countersOf(caller.team).add("ingest_untracked_requests_total", 1, route.scope);
    await discardBody(request);
    return asNotTracked(route.untracked(request, untracked));
  }
  return await route.handle(request, env, caller);
}

/** A method that the path does not support gets the error format of its other methods. */
function errorFormatOf(
  methods: Methods | undefined,
  route: Route | undefined,
): Route["toErrorResponse"] {
  return (route ?? Object.values(methods ?? {})[0])?.toErrorResponse ?? jsonError;
}

export function jsonError(error: HttpError): Response {
  const { status, headers, message } = error;
  return Response.json({ error: message }, { status, headers });
}

/** A bug is a 500 without details. A retry cannot help, because the same body causes it again. */
function httpErrorFrom(error: unknown, env: Env, call: Call): HttpError {
  if (error instanceof HttpError) {
    return error;
  }
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  reportBug(env, error, call.route);
  return new HttpError(
    500,
    "internal error; a retry will fail as well, the log of the operator has the details",
  );
}
