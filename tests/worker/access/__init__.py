"""Access to the worker: tokens, scopes, teams and rates."""
