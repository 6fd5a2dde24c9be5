"""Tests of whole stacks: `pulumi up` on local clouds, real clients, real engines."""
