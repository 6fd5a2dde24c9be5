/** A query string as the object that a schema checks. */
import { Refusal } from "../errors.ts";

/** @throws Refusal 400 a parameter that is there twice. */
export function parametersFrom(search: URLSearchParams): Record<string, string> {
  const names = [...search.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new Refusal(400, `${twice}: there more than once; allowed: one value`);
  }
  return Object.fromEntries(search);
}
