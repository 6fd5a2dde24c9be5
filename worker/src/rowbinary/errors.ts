/**
 * The reasons why a batch cannot be encoded, which the buffer handles differently:
 *
 *   NotEncodable    the bytes are invalid: the body becomes a dead letter
 *   UnknownColumns  this script lacks a column: the batch waits for another script
 */

/** The same bytes fail on every attempt, so nothing of the batch was ever sent. */
export class NotEncodable extends Error {
  override readonly name = "NotEncodable";
}

/** The batch was sealed by a newer script, for columns that this one cannot write. */
export class UnknownColumns extends Error {
  override readonly name = "UnknownColumns";
}
