"""The proxy between the clients of a service, with TLS, and the engine's private ports."""
