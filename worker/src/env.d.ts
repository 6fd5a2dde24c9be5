/** What the deployment binds to this script; `resources/` supplies every name. */
interface Env {
  /** Origin of the ClickHouse HTTP(S) interface, with port, without a trailing slash. */
  CLICKHOUSE_URL: string;
  CLICKHOUSE_DATABASE: string;
  /** A user that may only INSERT. */
  CLICKHOUSE_USER: string;
  CLICKHOUSE_PASSWORD: string;
  /** Hex SHA-256 of the bearer token, so that the token itself is nowhere but with its users. */
  INGEST_TOKEN_SHA256: string;
  BUFFER: DurableObjectNamespace<import("./buffer.ts").IngestBuffer>;
}

declare module "*.proto" {
  const text: string;
  export default text;
}

declare module "*.sql" {
  const text: string;
  export default text;
}

/** JSON.parse source text access: in V8, not yet in TypeScript's libraries. */
interface JSON {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
}
