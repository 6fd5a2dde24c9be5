"""Tests of the control-plane client; the vendor's edge is a real HTTP server on this machine."""
