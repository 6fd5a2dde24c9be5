"""Implements the operations, a file per part of the API; `local.cloudflare.routes` lists them."""
