/** Parses integers that are written as decimals. */

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** More digits than 64-bit integers have. */
const TOO_MANY_DIGITS = 21;
const TOO_LARGE = 1n << 64n;

/**
 * Return the exact value of an integer such as 1.0, 1e3 or 1.5e1; null if it is no integer. A double
 * would lose the last digits of a time. For an integer of more than 64 bits, the result
 * may be any integer of more than 64 bits.
 */
export function integerFrom(text: string): bigint | null {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = DECIMAL.exec(text) ?? [];
  if (whole === "") {
    return null;
  }
  const written = `${whole}${fraction}`.replace(/^0+/, "");
  const digits = written.replace(/0+$/, "");
  if (digits === "") {
    return 0n;
  }
  const zeros = written.length - digits.length + Number(exponent) - fraction.length;
  if (zeros < 0) {
    return null;
  }
  const size =
    digits.length + zeros > TOO_MANY_DIGITS ? TOO_LARGE : BigInt(digits) * 10n ** BigInt(zeros);
  return sign === "" ? size : -size;
}
