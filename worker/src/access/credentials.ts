/** Reads the token from `Authorization`: `Bearer <token>`, or the password of `Basic`. */
import { HttpError } from "../errors.ts";
import { MAX_AUTHORIZATION_LENGTH } from "../limits.ts";

const REALM = 'realm="ingest"';
/** The challenge for senders that support only Basic, like the Collector's `basicauth` extension. */
const BASIC = `Basic ${REALM}, charset="UTF-8"`;
const BEARER = `Bearer ${REALM}`;
const HOW =
  "send `Authorization: Bearer <token>`, or Basic with any user name and the token as password";

/** @throws HttpError 401 the token is missing or unreadable. */
export function tokenOf(request: Request): string {
  const header = request.headers.get("authorization") ?? "";
  if (header === "") {
    throw unauthorized(`missing; ${HOW}`);
  }
  if (header.length > MAX_AUTHORIZATION_LENGTH) {
    const length = `${header.length} characters, allowed: ${MAX_AUTHORIZATION_LENGTH}`;
    throw unauthorized(`${length}; ${HOW}`);
  }
  const [, scheme = "", credentials = ""] = /^(\S+) +(\S+) *$/.exec(header) ?? [];
  const token = tokenFrom(scheme.toLowerCase(), credentials);
  if (token === null) {
    throw unauthorized(`not in the form \`Bearer <token>\` or \`Basic <base64>\`; ${HOW}`);
  }
  return token;
}

function tokenFrom(scheme: string, credentials: string): string | null {
  if (scheme === "bearer") {
    return credentials;
  }
  return scheme === "basic" ? passwordFrom(credentials) : null;
}

/**
 * The part after the first colon: https://www.rfc-editor.org/rfc/rfc7617#section-2
 *
 * @throws HttpError 401 there is only a user name.
 */
function passwordFrom(base64: string): string | null {
  const decoded = decodedFrom(base64);
  const colon = decoded.indexOf(":");
  if (colon > 0 && colon === decoded.length - 1) {
    throw unauthorized("Basic has a user name but no password; put the token in the password");
  }
  return colon < 0 || colon === decoded.length - 1 ? null : decoded.slice(colon + 1);
}

/** Returns an empty string for invalid base64. */
function decodedFrom(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return "";
  }
}

/** @param error a code of https://www.rfc-editor.org/rfc/rfc6750#section-3.1; absent without a token. */
export function unauthorized(why: string, error?: string): HttpError {
  const bearer = error === undefined ? BEARER : `${BEARER}, error="${error}"`;
  return new HttpError(401, `authorization: ${why}`, {
    headers: { "www-authenticate": `${bearer}, ${BASIC}` },
  });
}

/** Return the error for a valid token without the required scope. */
export function insufficientScope(message: string, scope: string): HttpError {
  return new HttpError(403, `authorization: ${message}`, {
    headers: { "www-authenticate": `${BEARER}, error="insufficient_scope", scope="${scope}"` },
  });
}
