"""Tests of `local.pulumi_resource_cloudflare`."""
