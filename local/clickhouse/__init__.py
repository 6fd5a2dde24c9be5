"""ClickHouse Cloud on one machine: its control-plane API over real ClickHouse processes.

`README.md` in this folder begins with what this cloud does not emulate.
"""
