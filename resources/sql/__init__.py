"""Objects inside a service, created in SQL: databases, users, roles, grants, migrations."""
