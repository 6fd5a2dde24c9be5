/**
 * Why a batch cannot be encoded; the two differ in what the buffer does next.
 *
 *   NotEncodable    the bytes are at fault: the body becomes a dead letter
 *   UnknownColumns  this script is at fault: the batch waits for another script
 */

/** The same bytes fail every time, so nothing of the batch was ever sent. */
export class NotEncodable extends Error {
  override readonly name = "NotEncodable";
}

/** The batch was sealed by a newer script, for columns that this one cannot write. */
export class UnknownColumns extends Error {
  override readonly name = "UnknownColumns";
}
