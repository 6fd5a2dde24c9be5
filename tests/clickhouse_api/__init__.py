"""Tests of the control-plane client. The vendor's API is a real HTTP server on this machine."""
