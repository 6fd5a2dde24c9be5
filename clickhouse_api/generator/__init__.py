"""Makes `clickhouse_api/models/` and `clickhouse_api/operations/` from the API's OpenAPI document.

`python -m clickhouse_api.generator` reads the committed snapshot and writes both; `--check` only
compares; `--from URL` refreshes the snapshot first. The steps, a module each: `document` (load,
strip prose), `patches` (named corrections), `operations` (what is called how), `enums` and
`schemas` (a document whose shapes say which side of the wire they are on), `models` (run
datamodel-code-generator, split its output by tag), `render` (everything as formatted files).
"""
