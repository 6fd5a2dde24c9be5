"""The databases, users and rights of a server that `args` names, for tests."""

import pulumi

import resources

args = pulumi.Config().require_object("args")
connection = resources.Connection(**args["connection"])
made: dict[str, pulumi.Resource] = {}
for name, kind in (
    ("database", "Database"),
    ("role", "SqlRole"),
    ("user", "User"),
    ("grant", "Grant"),
    ("profile", "SettingsProfile"),
):
    if name in args:
        made[name] = getattr(resources, kind)(
            name,
            getattr(resources, f"{kind}Args")(connection=connection, **args[name]),
            pulumi.ResourceOptions(depends_on=list(made.values())),
        )

if isinstance(user := made.get("user"), resources.User):
    pulumi.export("password", user.password)
