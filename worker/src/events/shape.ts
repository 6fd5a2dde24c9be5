/** Whether a JSON body is whole, how deep and how wide, before anything is made of it. */
import { Refusal } from "../errors.ts";
import { MAX_EVENT_BYTES, MAX_JSON_DEPTH, MAX_JSON_VALUES } from "../limits.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
/** Either bracket with this bit set is a brace. */
const BRACE_BIT = 0x20;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** The list and the event around the metadata. */
const MAX_DEPTH = MAX_JSON_DEPTH + 2;

/**
 * For bodies longer than an event: `JSON.parse` makes 56 bytes of every `[`, and 4 MiB of them took
 * 650 MB of the host. It looks at texts, brackets and commas only.
 *
 * @throws Refusal 400 nested too deep or cut off, 413 too many values.
 */
export function checkShape(json: Uint8Array): void {
  if (json.byteLength <= MAX_EVENT_BYTES) {
    return;
  }
  let depth = 0;
  let values = 0;
  for (let at = 0; at < json.byteLength; at++) {
    const byte = json[at] as number;
    if (byte === QUOTE) {
      at = textEnd(json, at + 1);
      depth += at < json.byteLength ? 0 : 1;
    } else if (byte === COMMA) {
      values++;
    } else if ((byte | BRACE_BIT) === OPEN_BRACE) {
      values++;
      depth++;
      if (depth > MAX_DEPTH) {
        throw new Refusal(400, `body: nested deeper than ${MAX_DEPTH} levels at byte ${at}`);
      }
    } else if ((byte | BRACE_BIT) === CLOSE_BRACE) {
      depth--;
    }
  }
  if (depth !== 0) {
    throw new Refusal(400, "body: not JSON in UTF-8; a text, a list or an object does not end");
  }
  if (values > MAX_JSON_VALUES) {
    throw new Refusal(
      413,
      `body: ${values} values; at most ${MAX_JSON_VALUES} are taken, send smaller batches`,
    );
  }
}

/** Where the text that begins at `at` has its closing quote. */
function textEnd(json: Uint8Array, at: number): number {
  let end = at;
  while (end < json.byteLength && json[end] !== QUOTE) {
    end += json[end] === BACKSLASH ? 2 : 1;
  }
  return end;
}
