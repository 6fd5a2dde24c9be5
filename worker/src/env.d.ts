/** The bindings of this script, which `resources/` creates. */
interface Env {
  /** Origin of the ClickHouse HTTP(S) interface, with port, without a trailing slash. */
  CLICKHOUSE_URL: string;
  /** A user that may only INSERT, into the tables of `tables/index.ts`. */
  CLICKHOUSE_USER: string;
  CLICKHOUSE_PASSWORD: string;
  /** The insert format of OTLP batches that are sealed from now on, `tables/formats.ts`. */
  INSERT_FORMAT?: string;
  /** JSON object of settings for every insert, `tables/insert_settings.ts`; absent: none. */
  INSERT_SETTINGS?: string;
  /** JSON, days that the tables of each kind keep their rows, `time/time_window.ts`. */
  RETENTION_DAYS: string;
  /** JSON of teams with their SQL readers, and hashed tokens, `access/config.ts`; a secret. */
  ACCESS: string;
  /** Continues `ACCESS` if that exceeds the size of a secret. */
  [part: `ACCESS_${number}`]: string | undefined;
  /** The DSN of Sentry for error reports, a secret; absent: errors are only logged. */
  SENTRY_DSN?: string;
  BUFFER: DurableObjectNamespace<import("./buffer/rpc.ts").BufferRpc>;
}

declare namespace Cloudflare {
  /** For `ctx.exports`. */
  interface GlobalProps {
    mainModule: typeof import("./index.ts");
  }
}

declare module "*.proto" {
  const text: string;
  export default text;
}

/** A file of a package, gzipped and in base64, see `build.mjs`. */
declare module "gzip-base64:*" {
  const text: string;
  export default text;
}

/** JSON.parse source text access, which V8 has and the libraries of TypeScript do not. */
interface JSON {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
}
