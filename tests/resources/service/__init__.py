"""`Service`: its rules, requests, waits and lifecycle."""
