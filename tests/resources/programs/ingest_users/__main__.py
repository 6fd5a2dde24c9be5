"""Test program: the writer and the readers of the teams in the config `args`."""

import pulumi

import resources

args = pulumi.Config().require_object("args")
connection = resources.Connection(**args["connection"])
writer = resources.ingest_writer(
    connection, databases=list(args["teams"].values()), tables=args["tables"]
)
readers = resources.team_readers(connection, args["teams"])
passwords = pulumi.Output.all(
    *(pulumi.Output.all(user.name, user.password) for user in (writer, *readers.values()))
).apply(dict)

pulumi.export("passwords", passwords)
