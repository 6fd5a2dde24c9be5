/**
 * Swagger UI at `/` and `/swagger`. The script contains its files, so browsers contact no other host.
 *
 * The two files are in the bundle gzipped and in base64. They are decoded when they are first
 * requested, so that the script starts quickly.
 */
import css from "gzip-base64:swagger-ui-dist/swagger-ui.css";
import bundle from "gzip-base64:swagger-ui-dist/swagger-ui-bundle.js";
import { gunzipSync } from "node:zlib";
import { ASSET_MAX_AGE_SECONDS } from "../limits.ts";

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Telemetry ingest</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/swagger/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/swagger/swagger-ui.js"></script>
    <script src="/swagger/start.js"></script>
  </body>
</html>
`;
const START = `SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  // Otherwise Swagger UI sends the URL of the spec to a validator of swagger.io.
  validatorUrl: null,
});
`;
/** Allows no other origins and no frames. Swagger UI sets inline styles. */
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export async function swagger(): Promise<Response> {
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY };
  return new Response(PAGE, { headers });
}

export async function swaggerStart(): Promise<Response> {
  return new Response(START, { headers: { "content-type": "text/javascript; charset=utf-8" } });
}

export async function script(request: Request): Promise<Response> {
  return asset(request, bundle, "text/javascript; charset=utf-8");
}

export async function stylesheet(request: Request): Promise<Response> {
  return asset(request, css, "text/css; charset=utf-8");
}

function asset(request: Request, gzipBase64: string, contentType: string): Response {
  const zipped = Uint8Array.from(atob(gzipBase64), (character) => character.charCodeAt(0));
  const headers = {
    "content-type": contentType,
    "cache-control": `public, max-age=${ASSET_MAX_AGE_SECONDS}`,
    vary: "accept-encoding",
  };
  if (!/\bgzip\b/.test(request.headers.get("accept-encoding") ?? "")) {
    return new Response(gunzipSync(zipped), { headers });
  }
  return new Response(zipped, {
    encodeBody: "manual",
    headers: { ...headers, "content-encoding": "gzip" },
  });
}
