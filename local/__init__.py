"""Both clouds on one machine: their APIs, with real ClickHouse and workerd processes.

`python -m local up` starts the two clouds and creates the stack, `python -m local down` destroys
the stack and stops them. The README of each cloud begins with what that cloud does not emulate.
"""
