/** The SQLite tables of chunks, batches and dead letters, and `meta` for single values. */
export const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS meta (
    key TEXT PRIMARY KEY,
    value ANY NOT NULL
  ) STRICT, WITHOUT ROWID`,
  // `body` is the last column, so that SQLite reads the others without reading its pages.
  `CREATE TABLE IF NOT EXISTS chunks (
    seq INTEGER PRIMARY KEY,
    sizes TEXT NOT NULL,
    raw_bytes INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    repeated_bytes INTEGER NOT NULL,
    tables INTEGER,
    from_day INTEGER,
    to_day INTEGER,
    stored_bytes INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    body BLOB NOT NULL
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS overflow (
    seq INTEGER NOT NULL,
    piece INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (seq, piece)
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS batches (
    number INTEGER PRIMARY KEY,
    block INTEGER,
    blocks INTEGER NOT NULL,
    stream INTEGER NOT NULL,
    table_name TEXT,
    from_seq INTEGER NOT NULL,
    to_seq INTEGER NOT NULL,
    part_from INTEGER,
    part_to INTEGER,
    statement TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before_ms INTEGER NOT NULL DEFAULT 0,
    last_error TEXT
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS dead_letters (
    id INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    table_name TEXT,
    error TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    stored_bytes INTEGER NOT NULL,
    piece INTEGER NOT NULL,
    piece_count INTEGER NOT NULL,
    body BLOB NOT NULL
  ) STRICT`,
  // The index lets SQLite count dead letters without reading their bodies.
  "CREATE INDEX IF NOT EXISTS dead_letters_size ON dead_letters (piece, stored_bytes)",
] as const;
