/** Headers that every response has. */
import { HSTS_MAX_AGE_SECONDS } from "../limits.ts";

const HSTS = `max-age=${HSTS_MAX_AGE_SECONDS}`;
/** HSTS covers all ports of a host, so it would break a developer's other servers on localhost. */
const LOCALHOST = /^https?:\/\/(?:[^/]*\.)?localhost(?:[:/]|$)/;

/**
 * Set the headers that every response has.
 *
 * A browser then guesses no types (https://fetch.spec.whatwg.org/#x-content-type-options-header), uses
 * HTTPS from now on (https://www.rfc-editor.org/rfc/rfc6797; browsers ignore the header in plain
 * HTTP), and caches only responses that name their age.
 */
export function secured(response: Response, url: string): Response {
  const { headers } = response;
  headers.set("x-content-type-options", "nosniff");
  if (!LOCALHOST.test(url)) {
    headers.set("strict-transport-security", HSTS);
  }
  if (!headers.has("cache-control")) {
    headers.set("cache-control", "no-store");
  }
  return response;
}
