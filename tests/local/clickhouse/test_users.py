"""Statements about users: in force and durable when they are answered, for the admin alone."""

from __future__ import annotations

import base64
import hashlib
import threading

import clickhouse_connect
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from tests.local.clickhouse.control_plane import CloudProcess, Service, native


@pytest.fixture
def telemetry(service: Service) -> Service:
    """A service with a database, a table and a user that may only insert."""
    service.answer("CREATE DATABASE telemetry")
    service.answer("CREATE TABLE telemetry.t (a Int64) ENGINE = MergeTree ORDER BY a")
    service.answer("CREATE USER writer IDENTIFIED WITH sha256_password BY 'w-secret'")
    service.answer("GRANT INSERT ON telemetry.* TO writer")
    return service


def test_a_user_may_do_what_was_granted_and_no_more(telemetry: Service) -> None:
    """An INSERT-only user is refused a SELECT, over https and native."""
    telemetry.answer("INSERT INTO telemetry.t VALUES (1)", user="writer", password="w-secret")
    for query in ("SELECT * FROM telemetry.t", "DROP TABLE telemetry.t", "CREATE TABLE x (a Int8)"):
        refused = telemetry.query(query, user="writer", password="w-secret")
        assert "ACCESS_DENIED" in refused.text
    assert telemetry.query("SELECT 1", user="writer", password="no").status_code == 403
    client = native(telemetry, user="writer", password="w-secret")
    assert client.execute("INSERT INTO telemetry.t VALUES", [(2,)]) == 1
    assert telemetry.answer("SELECT count() FROM telemetry.t") == "2"


def test_rights_can_be_taken_away(telemetry: Service) -> None:
    """And what is left is shown as one would have granted it."""
    telemetry.answer("GRANT SELECT, ALTER ON telemetry.* TO writer")
    telemetry.answer("SELECT * FROM telemetry.t", user="writer", password="w-secret")
    telemetry.answer("REVOKE SELECT ON telemetry.* FROM writer")
    shown = telemetry.answer("SHOW GRANTS FOR writer")
    assert shown == "GRANT INSERT, ALTER ON telemetry.* TO writer"
    telemetry.answer("REVOKE ALL ON *.* FROM writer")
    assert telemetry.answer("SHOW GRANTS FOR writer") == ""
    refused = telemetry.query(
        "INSERT INTO telemetry.t VALUES (1)", user="writer", password="w-secret"
    )
    assert "ACCESS_DENIED" in refused.text


def test_all_on_a_database_can_be_taken_in_part_and_given_again(telemetry: Service) -> None:
    """The engine cannot read its own list of what ALL on a database is, so ours is kept."""
    telemetry.answer("GRANT ALL ON telemetry.* TO writer")
    telemetry.answer("REVOKE SELECT ON telemetry.* FROM writer")
    counted = "SELECT count() FROM telemetry.t"
    assert "ACCESS_DENIED" in telemetry.query(counted, user="writer", password="w-secret").text
    telemetry.answer("GRANT INSERT ON *.* TO writer")
    assert "ACCESS_DENIED" in telemetry.query(counted, user="writer", password="w-secret").text
    telemetry.answer("GRANT ALL ON telemetry.* TO writer")
    assert telemetry.answer(counted, user="writer", password="w-secret") == "0"


def test_a_password_changes_and_rights_stay(telemetry: Service) -> None:
    """By password and by hash."""
    digest = hashlib.sha256(b"third").hexdigest()
    telemetry.answer("ALTER USER writer IDENTIFIED BY 'second'")
    assert telemetry.query("SELECT 1", user="writer", password="w-secret").status_code == 403
    assert telemetry.answer("SELECT 1", user="writer", password="second") == "1"
    telemetry.answer(f"ALTER USER writer IDENTIFIED WITH sha256_hash BY '{digest}'")
    assert telemetry.answer("SELECT 1", user="writer", password="third") == "1"
    telemetry.answer("ALTER USER writer IDENTIFIED WITH double_sha1_password BY 'fourth'")
    telemetry.answer("INSERT INTO telemetry.t VALUES (1)", user="writer", password="fourth")


def test_users_are_listed_and_dropped(telemetry: Service) -> None:
    """Without the two that only exist inside."""
    assert telemetry.answer("SHOW USERS").split() == ["default", "writer"]
    created = telemetry.answer("SHOW CREATE USER writer")
    assert created.startswith("CREATE USER writer IDENTIFIED WITH sha256_password")
    assert "TO default" in telemetry.answer("SHOW GRANTS")
    assert "TO default" in telemetry.answer("SHOW GRANTS FOR default")
    telemetry.answer("DROP USER writer")
    telemetry.answer("DROP USER IF EXISTS writer, nobody")
    assert telemetry.answer("SHOW USERS") == "default"
    assert telemetry.query("SELECT 1", user="writer", password="w-secret").status_code == 403


def test_roles_give_what_they_were_granted(telemetry: Service) -> None:
    """Through another role, too; what is taken from a role, or dropped with it, is gone."""
    telemetry.answer("INSERT INTO telemetry.t VALUES (1)")
    telemetry.answer("CREATE ROLE reader, analyst")
    telemetry.answer("GRANT SELECT ON telemetry.* TO reader")
    telemetry.answer("GRANT reader TO analyst")
    telemetry.answer("GRANT analyst TO writer WITH ADMIN OPTION")

    def reads() -> str:
        return telemetry.query(
            "SELECT count() FROM telemetry.t", user="writer", password="w-secret"
        ).text.strip()

    assert reads() == "1"
    assert telemetry.answer("SHOW ROLES").split() == ["analyst", "reader"]
    assert telemetry.answer("SHOW CREATE ROLE reader") == "CREATE ROLE reader"
    assert telemetry.answer("SHOW GRANTS FOR writer").splitlines() == [
        "GRANT INSERT ON telemetry.* TO writer",
        "GRANT analyst TO writer WITH ADMIN OPTION",
    ]
    assert "circle" in telemetry.query("GRANT analyst TO reader").text
    telemetry.answer("REVOKE SELECT ON telemetry.* FROM reader")
    assert "ACCESS_DENIED" in reads()
    assert telemetry.answer("SHOW GRANTS FOR analyst") == "GRANT reader TO analyst"
    telemetry.answer("GRANT SELECT ON telemetry.* TO reader")
    telemetry.answer("REVOKE reader FROM analyst")
    assert "ACCESS_DENIED" in reads()
    telemetry.answer("GRANT reader TO analyst")
    assert reads() == "1"
    telemetry.answer("DROP ROLE reader")
    assert "ACCESS_DENIED" in reads()
    assert telemetry.answer("SHOW GRANTS FOR analyst") == ""


def test_a_settings_profile_holds_for_those_it_is_for(telemetry: Service) -> None:
    """By name or by role; bounds are kept; shown as one would have made it."""
    telemetry.answer("CREATE ROLE analyst")
    telemetry.answer("GRANT analyst TO writer")
    telemetry.answer(
        "CREATE SETTINGS PROFILE small SETTINGS max_threads = 3 MIN 1 MAX 4, "
        "max_block_size = 777 READONLY, log_comment = 'it''s' TO analyst"
    )

    def setting(name: str, *, extra: str = "") -> str:
        query = f"SELECT getSetting('{name}') {extra}"
        return telemetry.query(query, user="writer", password="w-secret").text.strip()

    assert setting("max_threads") == "3"
    assert setting("max_threads", extra="SETTINGS max_threads = 4") == "4"
    bound = "SETTING_CONSTRAINT_VIOLATION"
    assert bound in setting("max_threads", extra="SETTINGS max_threads = 5")
    assert bound in setting("max_threads", extra="SETTINGS max_block_size = 5")
    shown = telemetry.answer("SHOW CREATE SETTINGS PROFILE small FORMAT TSVRaw")
    assert shown == (
        "CREATE SETTINGS PROFILE `small` SETTINGS max_threads = 3 MIN 1 MAX 4, "
        "max_block_size = 777 CONST, log_comment = 'it\\'s' TO analyst"
    )
    assert telemetry.answer("SHOW SETTINGS PROFILES") == "small"
    telemetry.answer("ALTER SETTINGS PROFILE small SETTINGS max_block_size = 5 TO writer")
    assert (setting("max_block_size"), setting("log_comment")) == ("5", "")
    telemetry.answer("ALTER SETTINGS PROFILE small TO NONE")
    assert setting("max_block_size") != "5"
    telemetry.answer("ALTER SETTINGS PROFILE small TO writer")
    telemetry.answer("DROP SETTINGS PROFILE small")
    assert setting("max_block_size") != "5"
    assert telemetry.answer("SHOW SETTINGS PROFILES") == ""


def test_a_user_has_its_database_and_settings(service: Service) -> None:
    """`DEFAULT DATABASE` and `SETTINGS`."""
    service.answer("CREATE DATABASE telemetry")
    service.answer(
        "create user if not exists `reader-1` identified by 'it''s \\\\ <secret> & more' "
        "default database telemetry settings max_threads = 3"
    )
    answer = service.answer(
        "SELECT currentDatabase(), getSetting('max_threads')",
        user="reader-1",
        password="it's \\ <secret> & more",
    )
    assert answer == "telemetry\t3"
    service.answer("ALTER USER `reader-1` SETTINGS max_threads = 2, max_block_size = 7")
    service.answer("ALTER USER `reader-1` MODIFY SETTINGS max_threads = 5")
    asked = "SELECT getSetting('max_block_size'), getSetting('max_threads')"
    password = "it's \\ <secret> & more"
    assert service.answer(asked, user="reader-1", password=password) == "7\t5"
    service.answer("ALTER USER `reader-1` SETTINGS NONE")
    assert service.answer(asked, user="reader-1", password=password) != "7\t5"


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("CREATE USER writer IDENTIFIED BY 'x'", "ACCESS_ENTITY_ALREADY_EXISTS"),
        ("CREATE USER nobody", "BAD_ARGUMENTS"),
        ("CREATE USER nobody IDENTIFIED WITH sha256_hash BY 'ab'", "BAD_ARGUMENTS"),
        ("CREATE USER nobody IDENTIFIED WITH bcrypt_password BY 'x'", "NOT_IMPLEMENTED"),
        ("CREATE USER nobody IDENTIFIED BY 'x' HOST LOCAL", "NOT_IMPLEMENTED"),
        ("CREATE USER `a b` IDENTIFIED BY 'x'", "NOT_IMPLEMENTED"),
        ("CREATE USER _admin_ IDENTIFIED BY 'x'", "NOT_IMPLEMENTED"),
        ("CREATE USER nobody IDENTIFIED BYE 'x'", "SYNTAX_ERROR"),
        ("CREATE ROLE writer", "NOT_IMPLEMENTED"),
        ("CREATE QUOTA q", "ACCESS_STORAGE_FOR_INSERTION_NOT_FOUND"),
        ("ALTER USER nobody IDENTIFIED BY 'x'", "UNKNOWN_USER"),
        ("ALTER USER writer SETTINGS max_thread = 1", "UNKNOWN_SETTING"),
        ("DROP USER nobody", "UNKNOWN_USER"),
        ("DROP USER default", "ACCESS_STORAGE_READONLY"),
        ("GRANT SELECT ON telemetry.* TO nobody", "UNKNOWN_ROLE"),
        ("GRANT SELECTED ON telemetry.* TO writer", "SYNTAX_ERROR"),
        ("GRANT r TO writer", "UNKNOWN_ROLE"),
        ("REVOKE SELECT ON telemetry.* FROM nobody", "UNKNOWN_ROLE"),
        ("DROP ROLE r", "UNKNOWN_ROLE"),
        ("CREATE SETTINGS PROFILE p SETTINGS max_thread = 1", "UNKNOWN_SETTING"),
        ("CREATE SETTINGS PROFILE p SETTINGS max_threads = 1 MAX 'b'", "CANNOT_PARSE"),
        ("CREATE SETTINGS PROFILE of_x SETTINGS max_threads = 1", "NOT_IMPLEMENTED"),
        ("CREATE SETTINGS PROFILE p TO nobody", "UNKNOWN_ROLE"),
        ("ALTER SETTINGS PROFILE p TO NONE", "THERE_IS_NO_PROFILE"),
        ("SHOW CREATE SETTINGS PROFILE p", "THERE_IS_NO_PROFILE"),
    ],
)
def test_what_cannot_be_done_says_why(telemetry: Service, statement: str, error: str) -> None:
    """In ClickHouse's words, and nothing changes."""
    before = telemetry.engine_pid
    refused = telemetry.query(statement)
    assert refused.status_code >= 400
    assert f"({error}" in refused.text.rstrip().rpartition("DB::Exception")[2]
    assert int(refused.headers["X-ClickHouse-Exception-Code"]) > 0
    assert telemetry.engine_pid == before


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE USER x IDENTIFIED BY 'x'",
        "CREATE ROLE r",
        "DROP SETTINGS PROFILE IF EXISTS p",
        "/* a */ -- b\n GRANT ALL ON *.* TO writer",
    ],
)
def test_only_the_admin_manages_users(telemetry: Service, statement: str) -> None:
    """Not with a wrong password either, nor through a GET."""
    assert "ACCESS_DENIED" in telemetry.query(statement, user="writer", password="w-secret").text
    assert "AUTHENTICATION_FAILED" in telemetry.query(statement, password="wrong").text
    with telemetry.client() as client:
        assert "READONLY" in client.get("/", params={"query": statement}).text


def test_a_statement_in_the_query_string_counts_too(service: Service) -> None:
    """As some clients send it; also with the body as its second half."""
    with service.client() as client:
        query = {"query": "CREATE USER one IDENTIFIED BY 'x'"}
        client.post("/", params=query).raise_for_status()
        client.post("/", params={"query": "CREATE USER two"}, content=" IDENTIFIED BY 'x'")
    assert service.answer("SHOW USERS").split() == ["default", "one", "two"]


def test_what_is_in_force_already_exchanges_no_engine(telemetry: Service) -> None:
    """Repeating a statement costs nothing, so programs may."""
    before = telemetry.engine_pid
    telemetry.answer("CREATE USER IF NOT EXISTS writer IDENTIFIED BY 'other'")
    telemetry.answer("GRANT INSERT ON telemetry.* TO writer")
    telemetry.answer("ALTER USER writer IDENTIFIED BY 'w-secret'")
    assert telemetry.engine_pid == before


def test_nothing_is_refused_while_users_change(telemetry: Service) -> None:
    """Inserts in flight end, new ones wait: every one of them counts, exactly once."""
    failures: list[str] = []
    done = threading.Event()
    inserted = 0

    def insert() -> None:
        nonlocal inserted
        with telemetry.client() as client:
            while not done.is_set():
                answer = client.post("/", content="INSERT INTO telemetry.t VALUES (1)")
                if not answer.is_success:
                    failures.append(answer.text)
                    return
                inserted += 1

    thread = threading.Thread(target=insert)
    thread.start()
    for number in range(5):
        telemetry.answer(f"CREATE USER u{number} IDENTIFIED BY 'x'")
        telemetry.answer(f"GRANT SELECT ON telemetry.* TO u{number}")
    done.set()
    thread.join()
    assert failures == []
    assert telemetry.answer("SELECT count() FROM telemetry.t") == str(inserted)


def test_users_outlive_a_sigkill_right_after_the_answer(own_cloud: CloudProcess) -> None:
    """What was answered is on disk, roles and profiles too."""
    service = own_cloud.create_service()
    service.answer("CREATE USER writer IDENTIFIED BY 'w-secret'")
    service.answer("CREATE ROLE reader")
    service.answer("GRANT reader TO writer")
    service.answer("CREATE SETTINGS PROFILE small SETTINGS max_threads = 3 MAX 4 TO reader")
    own_cloud.kill()
    own_cloud.start()
    service.wait_for("running")
    asked = "SELECT getSetting('max_threads'), currentRoles()"
    assert service.answer(asked, user="writer", password="w-secret") == "3\t['reader']"


def test_the_admin_password_is_replaced_by_the_api(service: Service) -> None:
    """By a hash of the owner's, or by a generated one; users stay."""
    service.answer("CREATE USER writer IDENTIFIED BY 'w-secret'")
    path = f"{service.path}/password"
    digest = base64.b64encode(hashlib.sha256(b"mine").digest()).decode()
    assert service.cloud.call("PATCH", path, {"newPasswordHash": digest}) == {}
    assert service.query("SELECT 1").status_code == 403
    assert service.answer("SELECT 1", password="mine") == "1"
    service.password = service.cloud.call("PATCH", path, {})["password"]
    assert service.answer("SELECT 1") == "1"
    assert service.answer("SELECT 1", user="writer", password="w-secret") == "1"
    for wrong in ({"newPasswordHash": "zz"}, {"newDoubleSha1Hash": "a" * 40}):
        service.cloud.call("PATCH", path, wrong, status=400)


def test_the_admin_password_changes_while_the_service_is_stopped(service: Service) -> None:
    """It is in force from the next start."""
    service.command("stop")
    service.wait_for("stopped")
    service.password = service.cloud.call("PATCH", f"{service.path}/password", {})["password"]
    service.command("start")
    service.wait_for("running")
    assert service.answer("SELECT 1") == "1"


def test_a_native_client_goes_on_after_users_changed(telemetry: Service) -> None:
    """Its idle connection was closed; it makes a new one by itself."""
    client = native(telemetry)
    assert client.execute("SELECT 1") == [(1,)]
    telemetry.answer("CREATE USER another IDENTIFIED BY 'x'")
    assert client.execute("SELECT 2") == [(2,)]


def test_clickhouse_connect_manages_users(service: Service) -> None:
    """The client that the migrations use, with its binary formats and its compression."""
    client = clickhouse_connect.get_client(
        host="localhost",
        port=service.port("https"),
        username="default",
        password=service.password,
        secure=True,
        ca_cert=service.cloud.description["ca_file"],
    )
    client.command("CREATE USER reader IDENTIFIED WITH sha256_password BY 'r-secret'")
    client.command("GRANT SELECT ON default.* TO reader")
    assert client.query("SHOW USERS").result_columns == [["default", "reader"]]
    granted = client.query("SHOW GRANTS FOR reader").result_rows
    assert granted == [("GRANT SELECT ON default.* TO reader",)]
    assert client.query("SHOW CREATE USER default").result_rows[0][0].startswith("CREATE USER def")
    client.command("CREATE TABLE t (a Int64, s String) ENGINE = MergeTree ORDER BY a")
    client.insert("t", [[n, "x" * n] for n in range(1000)], column_names=["a", "s"])
    assert client.query("SELECT count(), sum(length(s)) FROM t").result_rows == [(1000, 499500)]
    with pytest.raises(DatabaseError, match="ACCESS_ENTITY_ALREADY_EXISTS"):
        client.command("CREATE USER reader IDENTIFIED BY 'other'")
    client.close()
