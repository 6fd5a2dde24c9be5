/** Headers that every response has. */
import { HSTS_MAX_AGE_SECONDS } from "../limits.ts";

const HSTS = `max-age=${HSTS_MAX_AGE_SECONDS}`;

/**
 * No guessing of types (https://fetch.spec.whatwg.org/#x-content-type-options-header), HTTPS from
 * now on (https://www.rfc-editor.org/rfc/rfc6797, which has browsers pass over it in plain HTTP),
 * and nothing in a cache but what says itself for how long.
 */
export function secured(response: Response): Response {
  const { headers } = response;
  headers.set("x-content-type-options", "nosniff");
  headers.set("strict-transport-security", HSTS);
  if (!headers.has("cache-control")) {
    headers.set("cache-control", "no-store");
  }
  return response;
}
