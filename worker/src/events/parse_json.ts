/**
 * `JSON.parse` with protection against strings that are chosen to slow it down.
 *
 * V8 stores the short strings of JSON in one table. If a string is an array index, its hash is that
 * number, so a sender can choose strings that collide (CVE-2026-21717; workerd 1.20261117 is built
 * without the fix). 240,000 such strings, 2.9 MB, took 4.2 s. So a string of digits is parsed with a
 * character before it, which makes its hash unpredictable. Keys need no such character: V8 does
 * not store keys that are indexes as strings.
 */
import { MAX_JSON_DEPTH } from "../limits.ts";

/** A private-use character, rarely sent. A string that begins with it before digits gets a second. */
const MARK = "\ue000";
const MARK_CODE = 0xe000;
/** In valid JSON, a quote after a backslash is inside of a string. */
const INDEX = new RegExp(`(?<!\\\\)"(${MARK}*\\d{1,10}")(?![ \\t\\n\\r]*:)`, "g");
const HAS_INDEX = new RegExp(INDEX.source);
const MARKED = new RegExp(`^${MARK}+\\d{1,10}$`);
/** Digits and marks can be written as escapes, which would hide them. */
const MAY_HIDE = /\\u(?:003|[eE]000)/;
const ESCAPE = /\\(?:u003(\d)|(u[eE]000)|(u(?![\da-fA-F]{4}))|[\s\S])/g;
/** Adds the levels of the list, the request and the event around the metadata, and one in reserve. */
const MAX_DEPTH = MAX_JSON_DEPTH + 4;

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

/**
 * @param reviver receives strings that still begin with a mark.
 * @returns the result of `JSON.parse`. Only values nested deeper than the limit of bodies can still
 *   have marks.
 * @throws SyntaxError
 */
export function parseJson(text: string, reviver?: Reviver): unknown {
  const plain = MAY_HIDE.test(text) ? text.replace(ESCAPE, unescaped) : text;
  if (!HAS_INDEX.test(plain)) {
    return parse(plain, reviver);
  }
  return withoutMarks(parse(plain.replace(INDEX, `"${MARK}$1`), reviver), 0);
}

function parse(text: string, reviver: Reviver | undefined): unknown {
  return reviver === undefined ? JSON.parse(text) : JSON.parse(text, reviver);
}

function unescaped(
  whole: string,
  digit: string | undefined,
  mark: string | undefined,
  incomplete: string | undefined,
): string {
  if (incomplete !== undefined) {
    throw new SyntaxError("an escape without its four digits"); // the next escape could complete it
  }
  return digit ?? (mark === undefined ? whole : MARK);
}

function withoutMarks(value: unknown, depth: number): unknown {
  if (typeof value === "string") {
    return value.charCodeAt(0) === MARK_CODE && MARKED.test(value) ? value.slice(1) : value;
  }
  if (typeof value === "object" && value !== null && depth < MAX_DEPTH) {
    const items = value as Record<string, unknown>;
    for (const key of Object.keys(items)) {
      const item = items[key];
      const plain = withoutMarks(item, depth + 1);
      if (plain !== item) {
        items[key] = plain;
      }
    }
  }
  return value;
}
