"""Generate `models/` and `operations/` from the OpenAPI spec, and `blocking/` from `asynchronous/`.

`python -m clickhouse_api.generator` reads the committed spec and writes the files. `--check` only
compares them, and `--from URL` fetches the spec first. Each step is a module: `document` (load the
spec, remove its prose), `patches` (named corrections), `operations` (names, types and calls),
`enums` and `schemas` (schemas for requests and for responses), `models` (run
datamodel-code-generator, split its output by tag), `blocking` (replace words), `render` (format and
write all files).
"""
