"""Cloudflare on one machine: the part of its REST API that deploys a Worker, over real workerd.

`README.md` in this folder begins with what this cloud does not emulate.
"""
