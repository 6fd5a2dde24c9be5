/** From a request to a route, and from an error to an answer. */
import type { Scope } from "./access/config.ts";
import { isPreflight, preflight, withCors } from "./access/cors.ts";
import { asNotTracked, doNotTrack } from "./access/privacy.ts";
import { authenticate, type Caller } from "./auth.ts";
import { discardBody } from "./discard_body.ts";
import { quoted, Refusal } from "./errors.ts";
import type { Operation } from "./openapi/operation.ts";
import { letGoOfBody } from "./read_body.ts";
import { reportBug } from "./telemetry/reports.ts";
import { type Call, countCall, startCall } from "./telemetry/requests.ts";

export type Method = "GET" | "POST";

/** What a path does with one method. */
export type Route = {
  /** As the OpenAPI document tells of it; null: it is not part of the API. */
  readonly operation: Operation | null;
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

export type Methods = { readonly [method in Method]?: Route };

export type Routes = ReadonlyMap<string, Methods>;

export async function respond(routes: Routes, request: Request, env: Env): Promise<Response> {
  const call = startCall();
  try {
    const response = withCors(await respondTo(routes, request, env, call), request, env);
    countCall(call, request, response.status, env);
    return response;
  } finally {
    letGoOfBody(request);
  }
}

async function respondTo(
  routes: Routes,
  request: Request,
  env: Env,
  call: Call,
): Promise<Response> {
  const pathname = pathOf(request.url);
  const methods = routes.get(pathname);
  call.route = methods === undefined ? "" : pathname;
  const route = routeOf(methods, request.method);
  try {
    if (methods === undefined) {
      const known = [...routes.keys()].join(", ");
      throw new Refusal(404, `path: ${quoted(pathname)} is not served; there are ${known}`);
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
    return await answer(route, request, env, call);
  } catch (error) {
    await discardBody(request).catch(() => undefined); // the sender has gone: nobody to answer
    return refuserOf(methods, route)(refusalFrom(error, env, call), request);
  }
}

/** Of an absolute URL; making a `URL` costs a tenth of a small request. */
function pathOf(url: string): string {
  const from = url.indexOf("/", url.indexOf("//") + 2);
  const query = url.indexOf("?", from);
  return query < 0 ? url.slice(from) : url.slice(from, query);
}

function routeOf(methods: Methods | undefined, method: string): Route | undefined {
  const known = methods !== undefined && Object.hasOwn(methods, method);
  return known ? methods[method as Method] : undefined;
}

async function answer(route: Route, request: Request, env: Env, call: Call): Promise<Response> {
  if (route.scope === null) {
    return await route.handle(request, env);
  }
  const caller = authenticate(request, env, route.scope);
  call.team = caller.team.name;
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

export function jsonRefusal(refusal: Refusal): Response {
  const headers = new Headers(refusal.headers);
  if (refusal.retryAfterSeconds !== undefined) {
    headers.set("retry-after", String(refusal.retryAfterSeconds));
  }
  return Response.json({ error: refusal.message }, { status: refusal.status, headers });
}

/** A bug of ours is a 500 without details, and not to be retried: the same body meets it again. */
function refusalFrom(error: unknown, env: Env, call: Call): Refusal {
  if (error instanceof Refusal) {
    return error;
  }
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  reportBug(env, error, call.route);
  return new Refusal(500, "internal error; the operator's log has the details");
}
