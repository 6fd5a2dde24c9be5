"""A stand-in for pulumi-cloudflare's plugin, for machines that cannot download the real one.

The Pulumi engine starts an executable with the name `pulumi-resource-cloudflare`. On such machines
it is a wrapper around `python -m local.pulumi_resource_cloudflare`. The engine then shows a line
that this package is used.

Emulated: the resources WorkersScript and WorkersCustomDomain and the look-ups getZone and getZones
of pulumi-cloudflare 6.23, with the inputs, checks, replacements and state of the real provider
(`schema.json` is built from its Python package). Like the real provider, this plugin sends a
script's `migrations` with every upload, and Cloudflare rejects (10079) an update that repeats a
migration tag that was applied already.

Like the real provider, this plugin does not find a variable or a Durable Object binding that was
changed by hand. The change stays until the next upload. Both providers can use the same state. The
outputs of this plugin have the `id` that the real provider needs to refresh and destroy. The raw
state in the real provider's form is dropped as soon as the values next to it change.

Not emulated: all other resources and look-ups; API keys and service keys instead of an API token;
static assets (`assets`) and further `files` of a script; imports of scripts with more than one
module; `__defaults` in saved inputs.
"""
