"""Processes, ports, certificates and files, as both local clouds need them."""
