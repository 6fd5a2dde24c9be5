"""The documentation: guides written by hand, and a page for each file of `resources/`.

    python -m docs

rebuilds `docs/resources/` from the docstrings. A page has what its file says: the text, the example
as a whole program, every argument, every output. Nothing is imported for that, so a page cannot
depend on what is installed. Tests preview the programs and refuse a page that is not up to date.

- `source` reads the public classes and functions of `resources/`.
- `programs` makes a program of an example and of the examples it builds upon.
- `pages` writes Markdown.
"""
