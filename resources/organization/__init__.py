"""Organizations: settings, members, invitations, roles, API keys."""
