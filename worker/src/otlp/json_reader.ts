/** Reads the tokens of JSON from bytes. */
import { HttpError } from "../errors.ts";
import { MAX_PROTOBUF_DEPTH } from "../limits.ts";

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
export const SPACE = 0x20;

// Keeps U+FEFF at the start of a string: it is a byte order mark only at the start of a body.
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

const ESCAPES: ReadonlyMap<number, number> = new Map(
  Object.entries({
    '"': '"',
    "\\": "\\",
    "/": "/",
    b: "\b",
    f: "\f",
    n: "\n",
    r: "\r",
    t: "\t",
  }).map(([letter, char]) => [letter.charCodeAt(0), char.charCodeAt(0)]),
);
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;
/** The longest exact decimal of a double has 767 digits. */
const MAX_NUMBER_LENGTH = 800;
const WORDS = ["true", "false", "null"];

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

export class JsonReader {
  /** The position of the next byte. */
  at = 0;
  readonly bytes: Uint8Array;
  /** A view of the same bytes, to read several bytes at once. */
  readonly view: DataView;
  readonly #what: string;

  /** @param what the expected content, for error messages. */
  constructor(what: string, bytes: Uint8Array) {
    this.#what = what;
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }

  /** Whether only white space is left. */
  isAtEnd(): boolean {
    this.peek();
    return this.at >= this.bytes.length;
  }

  /** Returns the next byte that is not white space, without reading it; at the end no valid byte. */
  peek(): number {
    let at = this.at;
    let byte = this.bytes[at] as number;
    while (byte <= SPACE && (byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09)) {
      byte = this.bytes[++at] as number;
    }
    this.at = at;
    return byte;
  }

  /** Reads `byte` if it is next. */
  takes(byte: number): boolean {
    if (this.peek() !== byte) {
      return false;
    }
    this.at++;
    return true;
  }

  expect(byte: number): void {
    if (!this.takes(byte)) {
      throw this.error(`${JSON.stringify(String.fromCharCode(byte))} is missing`);
    }
  }

  takesWord(word: string): boolean {
    this.peek();
    for (let index = 0; index < word.length; index++) {
      if (this.bytes[this.at + index] !== word.charCodeAt(index)) {
        return false;
      }
    }
    this.at += word.length;
    return true;
  }

  /** Reads the escape after the backslash before `at`. Half a surrogate pair becomes U+FFFD. */
  escape(): number {
    const byte = this.bytes[this.at++] as number;
    if (byte !== 0x75) {
      const char = ESCAPES.get(byte);
      if (char === undefined) {
        throw this.error("an escape that is invalid in JSON");
      }
      return char;
    }
    const unit = this.#hexUnit();
    const isHigh = unit >= 0xd800 && unit < 0xdc00;
    if (isHigh && this.bytes[this.at] === BACKSLASH && this.bytes[this.at + 1] === 0x75) {
      const before = this.at;
      this.at += 2;
      const low = this.#hexUnit();
      if (low >= 0xdc00 && low < 0xe000) {
        return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
      }
      this.at = before;
    }
    return unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit;
  }

  #hexUnit(): number {
    const digits = latin1(this.bytes, this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
      throw this.error("an escape that is invalid in JSON");
    }
    this.at += 4;
    return Number.parseInt(digits, 16);
  }

  /** A parser may ignore a byte order mark at the start (RFC 8259, 8.1), and some programs write it. */
  skipByteOrderMark(): void {
    const isMark = BYTE_ORDER_MARK.every((byte, index) => this.bytes[this.at + index] === byte);
    this.at += isMark ? BYTE_ORDER_MARK.length : 0;
  }

  /** Reads a whole string. Use it rarely: most strings are copied byte by byte. */
  string(): string {
    this.peek();
    const from = this.at;
    const hasEscape = this.skipString();
    const text = decoder.decode(this.bytes.subarray(from + 1, this.at - 1));
    // The letter before the text is a workaround that `events/parse_json.ts` explains.
    return hasEscape ? (JSON.parse(`"x${text}"`) as string).slice(1) : text;
  }

  /** Skips a string without creating one. Returns whether it contains escapes. */
  skipString(): boolean {
    this.expect(QUOTE);
    let hasEscape = false;
    for (;;) {
      const byte = this.bytes[this.at++] as number;
      if (byte === QUOTE) {
        return hasEscape;
      }
      if (!(byte >= SPACE)) {
        throw this.error("a string does not end");
      }
      if (byte === BACKSLASH) {
        hasEscape = true;
        this.escape();
      }
    }
  }

  /** Reads the characters of a number with or without quotes; null if there is none. */
  numberText(): string | null {
    const isQuoted = this.peek() === QUOTE;
    const from = this.at + (isQuoted ? 1 : 0);
    let to = from;
    while (isNumberByte(this.bytes[to] as number)) {
      to++;
    }
    const isClosed = !isQuoted || this.bytes[to] === QUOTE;
    const text = to - from > MAX_NUMBER_LENGTH ? "" : latin1(this.bytes, from, to);
    if (!isClosed || !NUMBER.test(text)) {
      return null;
    }
    this.at = isQuoted ? to + 1 : to;
    return text;
  }

  /** Skips a value of any type. */
  skip(depth: number): void {
    if (depth > MAX_PROTOBUF_DEPTH) {
      throw this.error(`nested deeper than ${MAX_PROTOBUF_DEPTH} levels`);
    }
    const byte = this.peek();
    if (byte === OPEN_OBJECT) {
      this.members(CLOSE_OBJECT, () => {
        this.skipString();
        this.expect(COLON);
        this.skip(depth + 1);
      });
    } else if (byte === OPEN_ARRAY) {
      this.members(CLOSE_ARRAY, () => this.skip(depth + 1));
    } else if (byte === QUOTE) {
      this.skipString();
    } else if (!WORDS.some((word) => this.takesWord(word)) && this.numberText() === null) {
      throw this.error("not a value");
    }
  }

  /** Reads from an opening bracket to the closing one; `member` reads each member. */
  members(close: number, member: () => void): void {
    this.at++;
    if (this.takes(close)) {
      return;
    }
    do {
      member();
    } while (this.takes(COMMA));
    this.expect(close);
  }

  error(why: string): HttpError {
    return new HttpError(400, `body: not ${this.#what}: at byte ${this.at}: ${why}`);
  }
}

export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function isNumberByte(byte: number): boolean {
  // + - . E e
  return (
    isDigit(byte) ||
    byte === 0x2b ||
    byte === MINUS ||
    byte === 0x2e ||
    byte === 0x45 ||
    byte === 0x65
  );
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at++) {
    text += String.fromCharCode(bytes[at] ?? 0);
  }
  return text;
}
