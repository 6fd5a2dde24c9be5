"""Ingest against its peers and its floors, all on one machine in one run.

`__main__` has the questions, `bodies` what is sent, `systems` who takes it, `measure` one run of
one of them, `peers` how the others are obtained, `load/` the sender.
"""
