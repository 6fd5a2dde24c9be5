"""The local clouds."""
