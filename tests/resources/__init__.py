"""Tests of the Pulumi resources, on the real Pulumi CLI and the local control plane."""
