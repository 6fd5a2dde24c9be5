"""The local replacement of Pulumi's Cloudflare plugin."""
