"""What clients of a service talk to: TLS outside, the engine's private ports inside."""
