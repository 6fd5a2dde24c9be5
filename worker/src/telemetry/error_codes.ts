/** What kind of failure an insert's error text tells of; no text of it, for that may hold data. */

/** ClickHouse's code, `http_<status>` where the answer had none, `no_response` where there was none. */
export function errorCodeFrom(error: string): string {
  const [, status, code] = /^ClickHouse returned (\d+):(?: Code: (\d+)\.)?/.exec(error) ?? [];
  return code ?? (status === undefined ? "no_response" : `http_${status}`);
}
