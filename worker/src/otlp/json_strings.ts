/** Strings of JSON, written as what they stand for. */
import { BACKSLASH, type JsonReader, QUOTE, SPACE } from "./json_reader.ts";
import type { ProtobufWriter } from "./protobuf_writer.ts";

/** By how much at least the buffer grows for a text that does not fit. */
const TEXT_STRETCH = 64;
/** What a hexadecimal digit stands for; less than 0: it is none. */
const HEX_VALUES = new Int8Array(256).fill(-1);
for (const [value, digit] of [..."0123456789abcdef"].entries()) {
  HEX_VALUES[digit.charCodeAt(0)] = value;
  HEX_VALUES[digit.toUpperCase().charCodeAt(0)] = value;
}

/**
 * From after the opening quote to after the closing one. As it is but for escapes: bytes that are
 * not UTF-8 stay, as they do in protobuf.
 *
 * @throws HttpError the text does not end, or holds what JSON does not have.
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
      throw reader.refusal("a string does not end, or holds a control character");
    }
  }
}

/**
 * Up to what needs to be looked at, or three bytes before the end. Four bytes at a time, which are
 * written before it is known how many of them belong here: the next ones go over the others.
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
 * Of four bytes, which are a quote, a backslash or a control character: the lowest that is has its
 * highest bit set, those below have not. The others' bits mean nothing.
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

/** From the opening quote, which is next; false if it is not pairs of hexadecimal digits. */
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

/** From the opening quote, which is next; false if it is not base64. Padding may be missing. */
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
