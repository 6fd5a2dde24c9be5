"""Whole stacks: `pulumi up` on local clouds, real clients, real engines."""
