"""Resources of an organization: API keys, roles, members, invitations."""
