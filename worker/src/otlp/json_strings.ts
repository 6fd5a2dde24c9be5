/** Decodes strings of JSON. */
import { BACKSLASH, type JsonReader, QUOTE, SPACE } from "./json_reader.ts";
import type { ProtobufWriter } from "./protobuf_writer.ts";

/** The least growth of the buffer for a string that does not fit. */
const TEXT_STRETCH = 64;
/** The value of a hexadecimal digit; negative for any other byte. */
const HEX_VALUES = new Int8Array(256).fill(-1);
for (const [value, digit] of [..."0123456789abcdef"].entries()) {
  HEX_VALUES[digit.charCodeAt(0)] = value;
  HEX_VALUES[digit.toUpperCase().charCodeAt(0)] = value;
}

/**
 * Copy a string, from after its opening quote to after its closing one. Only escapes change: bytes
 * that are not UTF-8 are kept, as in protobuf.
 *
 * @throws HttpError the string does not end, or is invalid JSON.
 */
export function copyText(reader: JsonReader, writer: ProtobufWriter): void {
  for (;;) {
    copyPlainText(reader, writer);
    const byte = reader.bytes[reader.at++] as number;
    if (byte === QUOTE) {
      return;
    }
    if (byte === BACKSLASH) {
      writer.codePoint(reader.escape());
    } else if (byte >= SPACE) {
      writer.byte(byte); // one of the last three of the body
    } else {
      throw reader.error("a string does not end, or contains a control character");
    }
  }
}

/**
 * Copy up to the next special byte, or three bytes before the end. Four bytes are copied at a time,
 * before it is known how many of them belong to the string. The next write replaces the others.
 */
function copyPlainText(reader: JsonReader, writer: ProtobufWriter): void {
  const from = reader.view;
  const last = reader.bytes.length - 4;
  let { at } = reader;
  while (at <= last) {
    const to = writer.view;
    const until = Math.min(last, at + writer.bytes.length - writer.length - 4);
    let end = writer.length;
    for (; at <= until; at += 4, end += 4) {
      const word = from.getInt32(at, true);
      to.setInt32(end, word, true);
      const special = specialBytes(word);
      if (special !== 0) {
        const before = (31 - Math.clz32(special & -special)) >> 3;
        writer.length = end + before;
        reader.at = at + before;
        return;
      }
    }
    writer.length = end;
    if (at <= last) {
      writer.reserve(TEXT_STRETCH);
    }
  }
  reader.at = at;
}

/**
 * Find the quotes, backslashes and control characters in four bytes. The highest bit of the lowest
 * such byte is set, and those of the bytes below are not. The other bits have no meaning.
 * https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord
 */
function specialBytes(word: number): number {
  const quotes = word ^ 0x22222222;
  const backslashes = word ^ 0x5c5c5c5c;
  return (
    (((quotes - 0x01010101) & ~quotes) |
      ((backslashes - 0x01010101) & ~backslashes) |
      ((word - 0x20202020) & ~word)) &
    0x80808080
  );
}

/** Read from the opening quote on. Return false if the string is not pairs of hexadecimal digits. */
export function copyHex(reader: JsonReader, writer: ProtobufWriter): boolean {
  const { bytes } = reader;
  let { at } = reader;
  while (bytes[++at] !== QUOTE) {
    const high = HEX_VALUES[bytes[at] ?? 0] as number;
    const low = HEX_VALUES[bytes[++at] ?? 0] as number;
    if (high < 0 || low < 0) {
      return false;
    }
    writer.byte((high << 4) | low);
  }
  reader.at = at + 1;
  return true;
}

/** Read from the opening quote on. Return false if it is not base64. Padding may be missing. */
export function copyBase64(reader: JsonReader, writer: ProtobufWriter): boolean {
  const text = reader.string().replaceAll("-", "+").replaceAll("_", "/");
  let decoded: string;
  try {
    decoded = atob(text);
  } catch {
    return false;
  }
  writer.reserve(decoded.length);
  for (let index = 0; index < decoded.length; index++) {
    writer.bytes[writer.length++] = decoded.charCodeAt(index);
  }
  return true;
}
