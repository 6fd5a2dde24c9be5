/**
 * The error that a request ends with. Any other error that is thrown is a bug.
 *
 * `HttpError`: status, message, and `Retry-After` only if a retry can help.
 */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    options: { retryAfterSeconds?: number; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    const { retryAfterSeconds, headers } = options;
    const retry = retryAfterSeconds === undefined ? {} : { "retry-after": `${retryAfterSeconds}` };
    this.headers = { ...headers, ...retry };
  }
}

const QUOTED_LENGTH = 100;

/** Shorten a string of a request for an error message. */
export function quoted(text: string): string {
  return text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}...` : text;
}
