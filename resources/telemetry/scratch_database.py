"""`ScratchDatabase`: the database of `IngestProbe` that holds the copies while the proof runs.

Only a database that the probe itself created is dropped. Its name proves nothing, because anyone
may create a database of that name, so `CREATE DATABASE` also writes a comment, which is read before
every drop.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from resources.base.errors import ResourceError
from resources.sql.sql_resource import sql_literal
from resources.sql.sql_server import SqlServer, quoted

__all__ = ["ScratchDatabase"]


@dataclass(frozen=True)
class ScratchDatabase:
    """A database on a server.

    Attributes:
        admin: creates and drops it.
        name: from `probe_database`.
    """

    admin: SqlServer
    name: str

    @property
    def comment(self) -> str:
        """The comment that only the probe writes."""
        return f"copies of IngestProbe, dropped by the next pulumi up: {self.name}"

    @contextlib.contextmanager
    def created(self) -> Iterator[None]:
        """Create the database, and drop it afterwards, also after a failure.

        A database of an interrupted run is dropped first.

        Raises:
            ResourceError: a database of that name exists, and the probe did not create it.
        """
        self._drop()
        self.admin.command(
            f"CREATE DATABASE {quoted(self.name)} ENGINE = Atomic "
            f"COMMENT {sql_literal(self.comment)}"
        )
        try:
            yield
        finally:
            self._drop()

    def _drop(self) -> None:
        found = self._comments()
        if not found:
            return
        if found != [self.comment]:
            raise ResourceError(
                f"database {self.name} at {self.admin.url} was not created by IngestProbe, which "
                f"needs that name for its copies (its comment is {found[0]!r}): nothing in it was "
                "changed; rename it (RENAME DATABASE), and run `pulumi up` again"
            )
        self.admin.command(f"DROP DATABASE IF EXISTS {quoted(self.name)} SYNC")

    def _comments(self) -> list[str]:
        """Return the comment, in a list that is empty if there is no such database."""
        response = self.admin.command(
            f"SELECT comment FROM system.databases WHERE name = {sql_literal(self.name)} "  # noqa: S608
            "FORMAT JSONEachRow"
        )
        return [str(json.loads(line)["comment"]) for line in response.splitlines()]
