"""The local Cloudflare."""
