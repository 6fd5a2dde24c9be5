/** Derives an error code from an insert's error message, which may contain data of clients. */

/** Return ClickHouse's code, `http_<status>` for a response without one, or `no_response`. */
export function errorCodeFrom(error: string): string {
  const [, status, code] = /^ClickHouse returned (\d+):(?: Code: (\d+)\.)?/.exec(error) ?? [];
  return code ?? (status === undefined ? "no_response" : `http_${status}`);
}
