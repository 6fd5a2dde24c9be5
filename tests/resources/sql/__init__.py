"""Resources that are created with SQL: databases, users, roles, grants, migrations."""
