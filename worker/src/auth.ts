/** Bearer token against the bound hash, in constant time. */
import { Refusal } from "./errors.ts";

const CHALLENGE = { "www-authenticate": 'Bearer realm="ingest"' };

export async function authenticate(request: Request, tokenSha256Hex: string): Promise<void> {
  const header = request.headers.get("authorization");
  if (header === null) {
    throw new Refusal(401, "authorization: missing; send `Authorization: Bearer <ingest token>`", {
      headers: CHALLENGE,
    });
  }
  const token = /^bearer +(\S+) *$/i.exec(header)?.[1];
  if (token === undefined) {
    throw new Refusal(401, "authorization: not of the form `Bearer <ingest token>`", {
      headers: CHALLENGE,
    });
  }
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  const expected = bytesFromHex(tokenSha256Hex.trim());
  // Both sides are hashes of equal length, so the comparison tells nothing about the token.
  if (expected.length !== 32 || !crypto.subtle.timingSafeEqual(digest, expected)) {
    throw new Refusal(401, "authorization: this ingest token is not known; check INGEST_TOKEN", {
      headers: { "www-authenticate": `${CHALLENGE["www-authenticate"]}, error="invalid_token"` },
    });
  }
}

function bytesFromHex(hex: string): Uint8Array {
  const pairs = hex.match(/[0-9a-fA-F]{2}/g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}
