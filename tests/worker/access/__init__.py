"""Who may send: tokens, scopes, teams and rates."""
