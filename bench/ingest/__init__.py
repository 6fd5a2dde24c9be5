"""Ingest relative to its peers and its floors, all on one machine in one run.

`__main__` has the cases, `bodies` the request bodies, `systems` the systems that receive them,
`measure` one run of a system, `peers` the installation of the peers, and `load/` the sender.
"""
