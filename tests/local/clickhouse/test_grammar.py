"""Statements about users, as the engine spells them, are read without loss."""

from __future__ import annotations

import pytest

from local.clickhouse.accounts import ADMIN, Account, sha256_hex
from local.clickhouse.front.answers import ClickHouseError
from local.clickhouse.front.credentials import identify
from local.clickhouse.front.grammar import AlterUser, CreateUser, Grant, Revoke, parse_statement
from local.clickhouse.front.statements import apply, is_for_the_desk


def test_create_user_with_all_its_clauses() -> None:
    """Quotes and backslashes inside a password are what they were."""
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
    assert statement.settings == {"max_threads": "3", "log_comment": "x, y"}


def test_default_is_the_admin() -> None:
    """In every statement that names a user."""
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
def test_grants_keep_their_words(line: str, clause: str, names: tuple[str, ...]) -> None:
    """The users file takes the clause as it is."""
    statement = parse_statement(line)
    assert isinstance(statement, Grant | Revoke)
    assert (statement.clause, statement.names) == (clause, names)


@pytest.mark.parametrize(
    "line",
    [
        "GRANT r TO x",
        "REVOKE r FROM x",
        "GRANT CURRENT GRANTS(SELECT ON *.*) TO x",
        "CREATE USER x ON CLUSTER c IDENTIFIED BY 'a'",
        "CREATE USER x IDENTIFIED WITH sha256_hash BY 'ab' SALT 'c'",
        "CREATE USER x IDENTIFIED BY 'a' SETTINGS PROFILE 'p'",
        "CREATE USER x IDENTIFIED BY 'a' VALID UNTIL '2030-01-01'",
        "ALTER USER x RENAME TO y",
        "DROP ROLE r",
    ],
)
def test_what_is_not_available_is_refused(line: str) -> None:
    """Rather than half done."""
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
    ],
)
def test_statements_about_users_are_recognized(query: bytes) -> None:
    """Whatever stands before them."""
    assert is_for_the_desk(query)


@pytest.mark.parametrize(
    "query",
    [
        b"SELECT 'GRANT'",
        b"CREATE TABLE user (a Int8)",
        b"INSERT INTO t FORMAT TSV\nGRANT\n",
        b"SHOW TABLES",
        b"DROP USERS_OLD",
        b"grants",
        b"",
    ],
)
def test_everything_else_is_the_engines(query: bytes) -> None:
    """Data that looks like a statement, above all."""
    assert not is_for_the_desk(query)


def test_a_grant_without_a_database_is_on_the_sessions() -> None:
    """The users file knows no session."""
    accounts = {"x": Account("x", "00")}
    statement = parse_statement("GRANT SELECT ON t TO x")
    assert apply(statement, accounts)["x"].grants == ("GRANT SELECT ON default.t",)
    assert apply(statement, accounts, database="db")["x"].grants == ("GRANT SELECT ON db.t",)
    source = parse_statement("GRANT READ ON S3 TO x")
    assert apply(source, accounts)["x"].grants == ("GRANT READ ON S3",)


def test_a_user_parameter_is_replaced_wherever_it_stands() -> None:
    """Also quoted, also twice; nothing else in the query string changes."""
    query = "query=SELECT+%27user%3Ddefault%27&user=a&us%65r=default&password=p%26q"
    identified = identify({}, query)
    assert identified.user == ADMIN
    assert identified.query == f"query=SELECT+%27user%3Ddefault%27&password=p%26q&user={ADMIN}"
