"""A stand-in for pulumi-cloudflare's plugin, for machines that cannot download the real one.

The Pulumi engine starts an executable called `pulumi-resource-cloudflare`; where that is a
wrapper around `python -m local.pulumi_resource_cloudflare`, this package answers. It says so on
stderr, which the engine shows.

What it imitates: the resources WorkersScript and WorkersCustomDomain and the look-ups getZone
and getZones of pulumi-cloudflare 6.23, with the inputs, checks, replacements and state shape of
the real provider (`schema.json` is read off its Python package). Like the real one it sends a
script's `migrations` with every upload: Cloudflare refuses (10079) an update that repeats a
migration tag it has already applied.

Like the real provider, this one does not find a variable or a Durable Object binding that was
changed by hand; it stays until the next upload. Both can use one state:
outputs have the `id` that the real provider needs to refresh and destroy, and the real provider's
description of its raw state is dropped as soon as the values next to it change.

What it does not imitate: every other resource and look-up; API keys and service keys instead of
an API token; static assets (`assets`) and further `files` of a script; imports of scripts with
more than one module; `__defaults` in saved inputs.
"""
