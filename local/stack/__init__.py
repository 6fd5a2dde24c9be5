"""Runs the local clouds in the background, and a Pulumi stack on them."""
