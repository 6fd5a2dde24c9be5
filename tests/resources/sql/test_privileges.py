"""Which privileges include others, checked without a server."""

from __future__ import annotations

import re

import pytest

from resources.sql.privileges import GRANT, Catalog, Privilege, rights

# Rows of `system.privileges`, with the groups that the cases need.
CATALOG = Catalog(
    [
        ("ALL", "ALL PRIVILEGES", "", ""),
        ("SELECT", "", "COLUMN", "ALL"),
        ("INSERT", "", "COLUMN", "ALL"),
        ("ALTER", "", "", "ALL"),
        ("ALTER UPDATE", "UPDATE", "COLUMN", "ALTER"),
        ("ALTER DELETE", "DELETE", "COLUMN", "ALTER"),
        ("CREATE DATABASE", "", "DATABASE", "ALL"),
        ("SYSTEM SHUTDOWN", "", "GLOBAL", "ALL"),
    ]
)


@pytest.mark.parametrize(
    ("wanted", "lines", "holds"),
    [
        ("SELECT ON a.*", ["GRANT SELECT, INSERT ON a.* TO u"], True),
        ("SELECT ON a.t", ["GRANT SELECT ON a.* TO u"], True),
        ("SELECT ON a.t", ["GRANT SELECT ON *.* TO u"], True),
        ("SELECT ON a.*", ["GRANT SELECT ON a.t TO u"], False),
        ("SELECT ON a.*", ["GRANT SELECT ON b.* TO u"], False),
        ("SELECT ON a.*", ["GRANT SELECT ON *.* TO u", "REVOKE SELECT ON a.t FROM u"], False),
        ("SELECT ON a.*", ["GRANT SELECT ON *.* TO u", "REVOKE SELECT ON b.t FROM u"], True),
        ("SELECT(x) ON a.t", ["GRANT SELECT(x, y), INSERT(z) ON a.t TO u"], True),
        ("SELECT(x, z) ON a.t", ["GRANT SELECT(x, y) ON a.t TO u"], False),
        ("SELECT ON a.t", ["GRANT SELECT(x) ON a.t TO u"], False),
        ("update ON a.t", ["GRANT ALTER UPDATE ON a.t TO u"], True),
        ("UPDATE ON a.t", ["GRANT ALTER ON a.* TO u"], True),
        ("ALTER ON a.t", ["GRANT ALTER UPDATE, ALTER DELETE ON a.t TO u"], True),
        ("ALTER ON a.t", ["GRANT ALTER UPDATE ON a.t TO u"], False),
        ("ALL ON a.t", ["GRANT SELECT, INSERT, ALTER ON a.t TO u"], True),
        ("ALL ON a.*", ["GRANT SELECT, INSERT, ALTER ON a.* TO u"], False),
        ("ALL ON a.*", ["GRANT SELECT, INSERT, ALTER, CREATE DATABASE ON a.* TO u"], True),
        ("SELECT ON a.*", ["GRANT SELECT ON `a`.* TO `u v` WITH GRANT OPTION"], True),
        ("SELECT ON a.*", ["GRANT a, b TO u"], False),
    ],
)
def test_a_privilege_is_in_force(wanted: str, lines: list[str], holds: bool) -> None:
    """The privilege was granted alone, in a broader one, in a group, or as all its members."""
    assert CATALOG.is_in_force(Privilege.of(wanted), rights(lines)) is holds


def test_the_right_to_pass_on_is_a_separate_right() -> None:
    """Privileges and roles both have such a right."""
    given = rights(["GRANT SELECT ON a.* TO u", "GRANT r, `s t` TO u WITH ADMIN OPTION"])
    assert not CATALOG.is_in_force(Privilege.of("SELECT ON a.*", passed_on=True), given)
    assert given.roles == {"r": True, "s t": True}


@pytest.mark.parametrize(
    "grant",
    [
        "SELECT",
        "SELECT ON a",
        "SELECT ON a.b; DROP USER x",
        "SELECT ON a.b TO x",
        "SELECT, INSERT ON a.b",
        "SELECT(`x`) ON a.b",
        "SELECT ON `a`.b",
        "",
    ],
)
def test_a_string_that_is_not_one_privilege_on_one_target_is_rejected(grant: str) -> None:
    """If it were accepted, the string would become part of a statement."""
    assert re.fullmatch(GRANT, grant) is None
