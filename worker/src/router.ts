/** From a request to a route, and from an error to an answer. */
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

/** What a path does with one method. */
export type Route = {
  /** As the OpenAPI document tells of it; null: it is not part of the API. */
  readonly operation: Operation | null;
  /** How this endpoint's clients expect to be refused. */
  readonly refuse: (refusal: HttpError, request: Request) => Response;
} & (
  | { readonly scope: null; readonly handle: (request: Request, env: Env) => Promise<Response> }
  | {
      readonly scope: Scope;
      readonly handle: (request: Request, env: Env, caller: Caller) => Promise<Response>;
      /** What a sender hears that asked not to be tracked; absent where nothing is sent. */
      readonly untracked?: (request: Request, header: string) => Response;
    }
);

export type Methods = { readonly [method in Method]?: Route };

export type Routes = ReadonlyMap<string, Methods>;

export async function respond(routes: Routes, request: Request, env: Env): Promise<Response> {
  const call = startCall();
  try {
    const made = secured(await respondTo(routes, request, env, call), request.url);
    const response = withCors(made, request, env);
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
      throw new HttpError(404, `path: ${quoted(pathname)} is not served; there are ${known}`);
    }
    if (isPreflight(request)) {
      return preflight(request, env, methodsOf(methods));
    }
    if (route === undefined) {
      const allowed = methodsOf(methods).join(", ");
      throw new HttpError(405, `method: ${request.method}; ${pathname} takes ${allowed} only`, {
        headers: { allow: allowed },
      });
    }
    return await answer(route, request, env, call);
  } catch (error) {
    await discardBody(request).catch(() => undefined); // the sender has gone: nobody to answer
    return errorResponseOf(methods, route)(httpErrorFrom(error, env, call), request);
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

/** The same headers, with the length of the body that a GET has. */
async function withoutBody(response: Response): Promise<Response> {
  const { byteLength } = await response.arrayBuffer();
  const { status, headers } = response;
  headers.set("content-length", String(byteLength));
  return new Response(null, { status, headers });
}

async function answer(route: Route, request: Request, env: Env, call: Call): Promise<Response> {
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

/** A wrong method of a path is refused as that path's other methods would. */
function errorResponseOf(methods: Methods | undefined, route: Route | undefined): Route["refuse"] {
  return (route ?? Object.values(methods ?? {})[0])?.refuse ?? jsonError;
}

export function jsonError(refusal: HttpError): Response {
  const { status, headers, message } = refusal;
  return Response.json({ error: message }, { status, headers });
}

/** A bug of ours is a 500 without details, and not to be retried: the same body meets it again. */
function httpErrorFrom(error: unknown, env: Env, call: Call): HttpError {
  if (error instanceof HttpError) {
    return error;
  }
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  reportBug(env, error, call.route);
  return new HttpError(
    500,
    "internal error; do not send it again as it is, the operator's log has the details",
  );
}
