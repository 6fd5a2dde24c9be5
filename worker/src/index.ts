/** Routes; every answer of the worker is made here. */
import { authenticate } from "./auth.ts";
import { discardBody } from "./body.ts";
import { Refusal } from "./errors.ts";
import { ingestEvent, ingestTraces } from "./ingest.ts";
import { exportResponse, statusResponse } from "./otlp/answer.ts";

export { IngestBuffer } from "./buffer.ts";

interface Route {
  readonly method: "GET" | "POST";
  readonly handle: (request: Request, env: Env) => Promise<Response>;
  /** How this endpoint's clients expect to be refused. */
  readonly refuse: (refusal: Refusal) => Response;
}

const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ["/health", { method: "GET", handle: health, refuse: jsonRefusal }],
  ["/v1/traces", { method: "POST", handle: traces, refuse: statusResponse }],
  ["/events", { method: "POST", handle: event, refuse: jsonRefusal }],
]);

export default {
  async fetch(request, env): Promise<Response> {
    const { pathname } = new URL(request.url);
    const route = ROUTES.get(pathname);
    try {
      if (route === undefined) {
        const known = [...ROUTES.keys()].join(", ");
        throw new Refusal(404, `path: ${pathname} is not served; there are ${known}`);
      }
      if (request.method !== route.method) {
        throw new Refusal(
          405,
          `method: ${request.method}; ${pathname} takes ${route.method} only`,
          { headers: { allow: route.method } },
        );
      }
      return await route.handle(request, env);
    } catch (error) {
      await discardBody(request).catch(() => undefined); // the sender has gone: nobody to answer
      return (route?.refuse ?? jsonRefusal)(refusalFrom(error));
    }
  },
} satisfies ExportedHandler<Env>;

async function health(): Promise<Response> {
  return Response.json({ status: "ok" });
}

async function traces(request: Request, env: Env): Promise<Response> {
  await authenticate(request, env.INGEST_TOKEN_SHA256);
  await ingestTraces(request, env);
  return exportResponse();
}

async function event(request: Request, env: Env): Promise<Response> {
  await authenticate(request, env.INGEST_TOKEN_SHA256);
  await ingestEvent(request, env);
  return Response.json({ status: "stored" });
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
