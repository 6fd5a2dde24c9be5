/** Checks the depth and the number of values of a JSON body before it is parsed. */
import { HttpError } from "../errors.ts";
import { MAX_EVENT_BYTES, MAX_JSON_DEPTH, MAX_JSON_VALUES } from "../limits.ts";

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
/** With this bit, `[` and `]` become `{` and `}`. */
const BRACE_BIT = 0x20;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** The object, the list and the event contain the metadata, which adds three levels. */
const MAX_DEPTH = MAX_JSON_DEPTH + 3;

/**
 * Check a body that may be longer than an event. `JSON.parse` uses 56 bytes for every `[`, and 4 MiB
 * of brackets took 650 MB of the host. This check reads only strings, brackets and commas.
 *
 * @throws HttpError 400 nested too deep or cut off, 413 too many values.
 */
export function checkShape(json: Uint8Array): void {
  if (json.byteLength <= MAX_EVENT_BYTES) {
    return;
  }
  const { values, depth, deepAt } = shapeOf(json, false);
  if (deepAt !== null) {
    throw new HttpError(400, `body: nested deeper than ${MAX_DEPTH} levels at byte ${deepAt}`);
  }
  if (depth !== 0) {
    throw new HttpError(
      400,
      "body: not JSON in UTF-8; a string, a list or an object is not closed",
    );
  }
  checkValues(values);
}

/**
 * Check a body of one event per line. The check of each event rejects damaged lines later. In this
 * check a damaged line must not hide the values of the other lines.
 *
 * @throws HttpError 413 too many values.
 */
export function checkLines(lines: Uint8Array): void {
  if (lines.byteLength > MAX_EVENT_BYTES) {
    checkValues(shapeOf(lines, true).values);
  }
}

function checkValues(values: number): void {
  if (values > MAX_JSON_VALUES) {
    throw new HttpError(
      413,
      `body: ${values} values; allowed: ${MAX_JSON_VALUES}; send smaller batches`,
    );
  }
}

interface Shape {
  readonly values: number;
  /** Open brackets at the end; not 0 if the JSON is incomplete. */
  readonly depth: number;
  /** The first byte that is nested too deep, where the scan ends. */
  readonly deepAt: number | null;
}

function shapeOf(json: Uint8Array, areLines: boolean): Shape {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < json.byteLength; at++) {
    const byte = json[at] as number;
    if (byte === QUOTE) {
      at = stringEnd(json, at + 1, areLines);
      depth += at < json.byteLength ? 0 : 1;
    } else if (byte === COMMA) {
      values++;
    } else if ((byte | BRACE_BIT) === OPEN_BRACE) {
      values++;
      depth++;
      if (depth > MAX_DEPTH && !areLines) {
        return { values, depth, deepAt: at };
      }
    } else if ((byte | BRACE_BIT) === CLOSE_BRACE) {
      depth--;
    }
  }
  return { values, depth, deepAt: null };
}

/** Return the end of the string that begins at `at`; in a body of lines it ends with its line. */
function stringEnd(json: Uint8Array, at: number, areLines: boolean): number {
  let end = at;
  while (end < json.byteLength && json[end] !== QUOTE) {
    if (areLines && json[end] === LINE_FEED) {
      break;
    }
    const isEscape = json[end] === BACKSLASH && !(areLines && json[end + 1] === LINE_FEED);
    end += isEscape ? 2 : 1;
  }
  return end;
}
