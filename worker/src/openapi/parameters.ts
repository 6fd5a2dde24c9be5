/** Parses a query string to an object, which a schema checks. */
import { HttpError } from "../errors.ts";

/** @throws HttpError 400 a parameter is present twice. */
export function parametersFrom(search: URLSearchParams): Record<string, string> {
  const names = [...search.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new HttpError(400, `${twice}: present more than once; allowed: one value`);
  }
  return Object.fromEntries(search);
}
