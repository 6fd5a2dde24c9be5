# generated from asynchronous/__init__.py by `python -m clickhouse_api.generator`; do not edit
"""The client that blocks."""
