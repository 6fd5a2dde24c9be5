/** The web pages that may send from a browser: https://fetch.spec.whatwg.org/#http-cors-protocol */
import { HttpError, quoted } from "../errors.ts";
import { CORS_MAX_AGE_SECONDS } from "../limits.ts";
import { accessOf } from "./config.ts";

const ALLOWED_HEADERS = "authorization, content-type, content-encoding, dnt, do-not-track";
const EXPOSED_HEADERS = "retry-after, tk";

/** https://fetch.spec.whatwg.org/#cors-preflight-request */
export function isPreflight(request: Request): boolean {
  const { headers } = request;
  return (
    request.method === "OPTIONS" &&
    headers.has("origin") &&
    headers.has("access-control-request-method")
  );
}

/** @throws HttpError 403 an origin that is not on the list. */
export function preflight(request: Request, env: Env, methods: readonly string[]): Response {
  const origin = request.headers.get("origin");
  if (allowedOrigin(request, env) === null) {
    const why = "it is not on this worker's list of origins; add it to the config key corsOrigins";
    throw new HttpError(403, `origin: ${quoted(origin ?? "")}; ${why}`);
  }
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": methods.join(", "),
      "access-control-allow-headers": ALLOWED_HEADERS,
      "access-control-max-age": String(CORS_MAX_AGE_SECONDS),
    },
  });
}

/** Makes the response readable for pages of the listed origins only. */
export function withCors(response: Response, request: Request, env: Env): Response {
  if (!request.headers.has("origin")) {
    return response;
  }
  const marked = new Response(response.body, response);
  // The headers below depend on the origin, so a cache must store one response per origin.
  marked.headers.append("vary", "origin");
  const origin = allowedOrigin(request, env);
  if (origin !== null) {
    marked.headers.set("access-control-allow-origin", origin);
    marked.headers.set("access-control-expose-headers", EXPOSED_HEADERS);
    if (origin !== "*" && accessOf(env).corsOrigins.has(origin)) {
      // `navigator.sendBeacon` always sends credentials. They are allowed only for origins listed by
      // name: with `*`, any page could send with the credentials of the browser's user.
      marked.headers.set("access-control-allow-credentials", "true");
    }
  }
  return marked;
}

function allowedOrigin(request: Request, env: Env): string | null {
  const origin = request.headers.get("origin");
  const { corsOrigins } = accessOf(env);
  return origin !== null && (corsOrigins.has(origin) || corsOrigins.has("*")) ? origin : null;
}
