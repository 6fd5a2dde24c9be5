"""Statements about users are parsed in the form that the engine prints."""

from __future__ import annotations

import pytest

from local.clickhouse.proxy.account_changes import apply
from local.clickhouse.proxy.account_grammar import parse_statement
from local.clickhouse.proxy.account_statements import is_account_statement
from local.clickhouse.proxy.credentials import identify
from local.clickhouse.proxy.protocol_errors import ClickHouseError
from local.clickhouse.proxy.statements import (
    AlterProfile,
    AlterUser,
    CreateProfile,
    CreateUser,
    GrantRoles,
    GrantStatement,
    Revoke,
    RevokeRoles,
)
from local.clickhouse.sql_accounts import (
    ADMIN,
    Directory,
    EngineAccount,
    EngineRole,
    Setting,
    sha256_hex,
)


def test_a_create_user_is_parsed_with_all_its_clauses() -> None:
    """Quotes and backslashes inside a password are preserved."""
    line = (
        "CREATE USER IF NOT EXISTS a, `b-c` IDENTIFIED WITH sha256_password BY 'it\\'s \\\\' "
        "HOST ANY DEFAULT DATABASE `my db` SETTINGS max_threads = 3, log_comment = 'x, y'"
    )
    statement = parse_statement(line)
    assert isinstance(statement, CreateUser)
    assert statement.names == ("a", "b-c")
    assert statement.if_not_exists
    assert statement.password == ("sha256", sha256_hex("it's \\"))
    assert statement.database == "my db"
    assert statement.settings.after({}) == {
        "max_threads": Setting("3"),
        "log_comment": Setting("x, y"),
    }


def test_default_is_the_admin() -> None:
    """Every statement that names a user supports `default`."""
    altered = parse_statement("ALTER USER default IDENTIFIED BY 'x'")
    assert isinstance(altered, AlterUser)
    assert altered.names == (ADMIN,)


@pytest.mark.parametrize(
    ("line", "clause", "names"),
    [
        ("GRANT SELECT, INSERT(a, b) ON db.t TO x", "GRANT SELECT, INSERT(a, b) ON db.t", ("x",)),
        (
            "GRANT SELECT ON `TO x`.* TO x, `y z` WITH GRANT OPTION",
            "GRANT SELECT ON `TO x`.* WITH GRANT OPTION",
            ("x", "y z"),
        ),
        ("REVOKE ALL ON *.* FROM x", "REVOKE ALL ON *.*", ("x",)),
    ],
)
def test_the_clause_of_a_grant_is_preserved(line: str, clause: str, names: tuple[str, ...]) -> None:
    """The users file contains the clause unchanged."""
    statement = parse_statement(line)
    assert isinstance(statement, GrantStatement | Revoke)
    assert (statement.clause, statement.names) == (clause, names)


def test_roles_are_granted_and_revoked() -> None:
    """The right to grant a role can be revoked alone."""
    granted = parse_statement("GRANT r, `s t` TO x WITH ADMIN OPTION")
    assert granted == GrantRoles(roles=("r", "s t"), names=("x",), admin_option=True, replace=False)
    taken = parse_statement("REVOKE ADMIN OPTION FOR r FROM x")
    assert taken == RevokeRoles(roles=("r",), names=("x",), admin_option_only=True)
    has = Directory(
        users={"x": EngineAccount("x", "00", roles={"r": True})}, roles={"r": EngineRole("r")}
    )
    assert apply(taken, has).users["x"].roles == {"r": False}


def test_a_profile_is_parsed_with_all_its_clauses() -> None:
    """The clauses are values, bounds, and the users and roles of the profile."""
    line = (
        "CREATE SETTINGS PROFILE IF NOT EXISTS `p` SETTINGS max_threads = 4 MIN 1 MAX 8 CONST, "
        "max_memory_usage = '10G', priority = -2, readonly CONST TO a, default"
    )
    statement = parse_statement(line)
    assert isinstance(statement, CreateProfile)
    assert statement.names == ("p",)
    assert statement.settings.put == {
        "max_threads": Setting("4", "1", "8", "CONST"),
        "max_memory_usage": Setting("10G"),
        "priority": Setting("-2"),
        "readonly": Setting(writability="CONST"),
    }
    assert statement.to == ("a", ADMIN)


@pytest.mark.parametrize(
    ("line", "after", "to"),
    [
        (
            "ALTER SETTINGS PROFILE `p` DROP ALL SETTINGS, DROP ALL PROFILES, "
            "ADD SETTINGS a = 1, b = 2 TO x",
            {"a": Setting("1"), "b": Setting("2")},
            ("x",),
        ),
        ("ALTER SETTINGS PROFILE `p` DROP ALL SETTINGS, DROP ALL PROFILES TO NONE", {}, ()),
        (
            "ALTER SETTINGS PROFILE `p` MODIFY SETTINGS a = 1, DROP SETTINGS k",
            {"a": Setting("1")},
            None,
        ),
        ("ALTER SETTINGS PROFILE `p` TO x, y", {"k": Setting("v")}, ("x", "y")),
    ],
)
def test_settings_of_a_profile_are_altered(
    line: str, after: dict[str, Setting], to: tuple[str, ...] | None
) -> None:
    """Settings are replaced, added, changed and dropped."""
    statement = parse_statement(line)
    assert isinstance(statement, AlterProfile)
    assert statement.settings.after({"k": Setting("v")}) == after
    assert statement.to == to


@pytest.mark.parametrize(
    "line",
    [
        "REVOKE ALL FROM x",
        "GRANT CURRENT GRANTS(SELECT ON *.*) TO x",
        "CREATE USER x ON CLUSTER c IDENTIFIED BY 'a'",
        "CREATE USER x IDENTIFIED WITH sha256_hash BY 'ab' SALT 'c'",
        "CREATE USER x IDENTIFIED BY 'a' SETTINGS PROFILE 'p'",
        "CREATE USER x IDENTIFIED BY 'a' VALID UNTIL '2030-01-01'",
        "CREATE USER x IDENTIFIED BY 'a' SETTINGS max_threads = 3 CONST",
        "ALTER USER x RENAME TO y",
        "ALTER USER x DEFAULT ROLE NONE",
        "ALTER ROLE r RENAME TO 's'",
        "CREATE ROLE r SETTINGS max_threads = 1",
        "CREATE ROLE `a b`",
        "CREATE SETTINGS PROFILE `p` SETTINGS INHERIT `q`",
        "CREATE SETTINGS PROFILE `p` TO ALL EXCEPT x",
        "ALTER SETTINGS PROFILE `p` ADD PROFILE q",
        "CREATE QUOTA q",
    ],
)
def test_an_unavailable_clause_is_rejected(line: str) -> None:
    """No part of the statement takes effect."""
    with pytest.raises(ClickHouseError):
        parse_statement(line)


@pytest.mark.parametrize(
    "query",
    [
        b"CREATE USER x",
        b"  create\n user x",
        b"/* a */ -- b\nGRANT SELECT ON *.* TO x",
        b"REVOKE SELECT ON *.* FROM x",
        b"show grants",
        b"SHOW CREATE USER x",
        b"DROP USER x",
        b"CREATE ROLE x",
        b"create settings profile p",
        b"ALTER PROFILE p TO x",
        b"SHOW SETTINGS PROFILES",
        b"SHOW CREATE PROFILE p",
    ],
)
def test_statements_about_users_are_recognized(query: bytes) -> None:
    """Comments, spaces and upper case do not matter."""
    assert is_account_statement(query)


@pytest.mark.parametrize(
    "query",
    [
        b"SELECT 'GRANT'",
        b"CREATE TABLE user (a Int8)",
        b"INSERT INTO t FORMAT TSV\nGRANT\n",
        b"SHOW TABLES",
        b"SHOW ROLES",
        b"CREATE TABLE profile (a Int8)",
        b"DROP USERS_OLD",
        b"grants",
        b"",
    ],
)
def test_other_statements_are_left_to_the_engine(query: bytes) -> None:
    """This includes data that looks like a statement about users."""
    assert not is_account_statement(query)


def test_a_grant_without_a_database_is_for_the_sessions_database() -> None:
    """The users file has no session, so the grant must name the database."""
    found = Directory(users={"x": EngineAccount("x", "00")})
    statement = parse_statement("GRANT SELECT ON t TO x")
    assert apply(statement, found).users["x"].grants == ("GRANT SELECT ON default.t",)
    assert apply(statement, found, database="db").users["x"].grants == ("GRANT SELECT ON db.t",)
    source = parse_statement("GRANT READ ON S3 TO x")
    assert apply(source, found).users["x"].grants == ("GRANT READ ON S3",)


def test_a_user_parameter_is_replaced_at_every_place() -> None:
    """The parameter can be quoted or occur twice. The rest of the query string is unchanged."""
    query = "query=SELECT+%27user%3Ddefault%27&user=a&us%65r=default&password=p%26q"
    identified = identify({}, query)
    assert identified.user == ADMIN
    assert identified.query == f"query=SELECT+%27user%3Ddefault%27&password=p%26q&user={ADMIN}"
