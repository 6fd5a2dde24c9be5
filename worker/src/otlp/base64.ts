/** Base64 digits with padding: https://www.rfc-editor.org/rfc/rfc4648#section-4 */

const DIGITS = new TextEncoder().encode(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
);
const PADDING = 0x3d;

export function base64Length(bytes: number): number {
  return 4 * Math.ceil(bytes / 3);
}

/** Write the digits of a range of `source` to `target`, which must have `base64Length` free bytes. */
export function writeBase64(
  target: Uint8Array,
  start: number,
  source: Uint8Array,
  from: number,
  end: number,
): void {
  let to = start;
  for (let at = from; at < end; at += 3) {
    const left = end - at;
    const bits =
      ((source[at] as number) << 16) |
      ((left > 1 ? (source[at + 1] as number) : 0) << 8) |
      (left > 2 ? (source[at + 2] as number) : 0);
    target[to++] = DIGITS[bits >> 18] as number;
    target[to++] = DIGITS[(bits >> 12) & 63] as number;
    target[to++] = left > 1 ? (DIGITS[(bits >> 6) & 63] as number) : PADDING;
    target[to++] = left > 2 ? (DIGITS[bits & 63] as number) : PADDING;
  }
}
