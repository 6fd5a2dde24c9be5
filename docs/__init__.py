"""The documentation: guides written by hand, and a page for each file of `resources/`.

    python -m docs

rebuilds `docs/resources/` from the docstrings, and the table of config keys in README.md. A page
has the text of its file, the example as a complete program, every argument and every output. Tests
preview the programs and fail if a page is not up to date.

- `source` reads the public classes and functions from the source files of `resources/`.
- `programs` builds a program from an example and the examples that it uses.
- `config_table` builds the table of config keys.
- `pages` writes Markdown.
"""
