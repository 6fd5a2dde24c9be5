"""Statements about users: in force and durable at their response, and only for the admin."""

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
    """Return a service with a database, a table and a user that may only insert."""
    service.sql("CREATE DATABASE telemetry")
    service.sql("CREATE TABLE telemetry.t (a Int64) ENGINE = MergeTree ORDER BY a")
    service.sql("CREATE USER writer IDENTIFIED WITH sha256_password BY 'w-secret'")
    service.sql("GRANT INSERT ON telemetry.* TO writer")
    return service


def test_a_user_may_do_what_was_granted_and_no_more(telemetry: Service) -> None:
    """A user with INSERT only cannot SELECT, over https and over native."""
    telemetry.sql("INSERT INTO telemetry.t VALUES (1)", user="writer", password="w-secret")
    for query in ("SELECT * FROM telemetry.t", "DROP TABLE telemetry.t", "CREATE TABLE x (a Int8)"):
        rejected = telemetry.query(query, user="writer", password="w-secret")
        assert "ACCESS_DENIED" in rejected.text
    assert telemetry.query("SELECT 1", user="writer", password="no").status_code == 403
    client = native(telemetry, user="writer", password="w-secret")
    assert client.execute("INSERT INTO telemetry.t VALUES", [(2,)]) == 1
    assert telemetry.sql("SELECT count() FROM telemetry.t") == "2"


def test_rights_can_be_revoked(telemetry: Service) -> None:
    """The remaining rights are shown as grants."""
    telemetry.sql("GRANT SELECT, ALTER ON telemetry.* TO writer")
    telemetry.sql("SELECT * FROM telemetry.t", user="writer", password="w-secret")
    telemetry.sql("REVOKE SELECT ON telemetry.* FROM writer")
    shown = telemetry.sql("SHOW GRANTS FOR writer")
    assert shown == "GRANT INSERT, ALTER ON telemetry.* TO writer"
    telemetry.sql("REVOKE ALL ON *.* FROM writer")
    assert telemetry.sql("SHOW GRANTS FOR writer") == ""
    rejected = telemetry.query(
        "INSERT INTO telemetry.t VALUES (1)", user="writer", password="w-secret"
    )
    assert "ACCESS_DENIED" in rejected.text


def test_all_on_a_database_can_be_revoked_in_part_and_granted_again(telemetry: Service) -> None:
    """The engine cannot parse its own list of the rights in ALL, so this cloud keeps ALL."""
    telemetry.sql("GRANT ALL ON telemetry.* TO writer")
    telemetry.sql("REVOKE SELECT ON telemetry.* FROM writer")
    counted = "SELECT count() FROM telemetry.t"
    assert "ACCESS_DENIED" in telemetry.query(counted, user="writer", password="w-secret").text
    telemetry.sql("GRANT INSERT ON *.* TO writer")
    assert "ACCESS_DENIED" in telemetry.query(counted, user="writer", password="w-secret").text
    telemetry.sql("GRANT ALL ON telemetry.* TO writer")
    assert telemetry.sql(counted, user="writer", password="w-secret") == "0"


def test_a_password_change_keeps_rights(telemetry: Service) -> None:
    """The new password can be a string or a hash."""
    digest = hashlib.sha256(b"third").hexdigest()
    telemetry.sql("ALTER USER writer IDENTIFIED BY 'second'")
    assert telemetry.query("SELECT 1", user="writer", password="w-secret").status_code == 403
    assert telemetry.sql("SELECT 1", user="writer", password="second") == "1"
    telemetry.sql(f"ALTER USER writer IDENTIFIED WITH sha256_hash BY '{digest}'")
    assert telemetry.sql("SELECT 1", user="writer", password="third") == "1"
    telemetry.sql("ALTER USER writer IDENTIFIED WITH double_sha1_password BY 'fourth'")
    telemetry.sql("INSERT INTO telemetry.t VALUES (1)", user="writer", password="fourth")


def test_users_are_listed_and_dropped(telemetry: Service) -> None:
    """The two internal users are not listed."""
    assert telemetry.sql("SHOW USERS").split() == ["default", "writer"]
    created = telemetry.sql("SHOW CREATE USER writer")
    assert created.startswith("CREATE USER writer IDENTIFIED WITH sha256_password")
    assert "TO default" in telemetry.sql("SHOW GRANTS")
    assert "TO default" in telemetry.sql("SHOW GRANTS FOR default")
    telemetry.sql("DROP USER writer")
    telemetry.sql("DROP USER IF EXISTS writer, unknown")
    assert telemetry.sql("SHOW USERS") == "default"
    assert telemetry.query("SELECT 1", user="writer", password="w-secret").status_code == 403


def test_roles_have_the_rights_that_were_granted_to_them(telemetry: Service) -> None:
    """A role also has the rights of its roles. Rights end when a role loses them or is dropped."""
    telemetry.sql("INSERT INTO telemetry.t VALUES (1)")
    telemetry.sql("CREATE ROLE reader, analyst")
    telemetry.sql("GRANT SELECT ON telemetry.* TO reader")
    telemetry.sql("GRANT reader TO analyst")
    telemetry.sql("GRANT analyst TO writer WITH ADMIN OPTION")

    def reads() -> str:
        return telemetry.query(
            "SELECT count() FROM telemetry.t", user="writer", password="w-secret"
        ).text.strip()

    assert reads() == "1"
    assert telemetry.sql("SHOW ROLES").split() == ["analyst", "reader"]
    assert telemetry.sql("SHOW CREATE ROLE reader") == "CREATE ROLE reader"
    assert telemetry.sql("SHOW GRANTS FOR writer").splitlines() == [
        "GRANT INSERT ON telemetry.* TO writer",
        "GRANT analyst TO writer WITH ADMIN OPTION",
    ]
    assert "circle" in telemetry.query("GRANT analyst TO reader").text
    telemetry.sql("REVOKE SELECT ON telemetry.* FROM reader")
    assert "ACCESS_DENIED" in reads()
    assert telemetry.sql("SHOW GRANTS FOR analyst") == "GRANT reader TO analyst"
    telemetry.sql("GRANT SELECT ON telemetry.* TO reader")
    telemetry.sql("REVOKE reader FROM analyst")
    assert "ACCESS_DENIED" in reads()
    telemetry.sql("GRANT reader TO analyst")
    assert reads() == "1"
    telemetry.sql("DROP ROLE reader")
    assert "ACCESS_DENIED" in reads()
    assert telemetry.sql("SHOW GRANTS FOR analyst") == ""


def test_a_settings_profile_applies_to_its_users_and_roles(telemetry: Service) -> None:
    """The profile applies by name or role, with bounds. SHOW returns its CREATE statement."""
    telemetry.sql("CREATE ROLE analyst")
    telemetry.sql("GRANT analyst TO writer")
    telemetry.sql(
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
    shown = telemetry.sql("SHOW CREATE SETTINGS PROFILE small FORMAT TSVRaw")
    assert shown == (
        "CREATE SETTINGS PROFILE `small` SETTINGS max_threads = 3 MIN 1 MAX 4, "
        "max_block_size = 777 CONST, log_comment = 'it\\'s' TO analyst"
    )
    assert telemetry.sql("SHOW SETTINGS PROFILES") == "small"
    telemetry.sql("ALTER SETTINGS PROFILE small SETTINGS max_block_size = 5 TO writer")
    assert (setting("max_block_size"), setting("log_comment")) == ("5", "")
    telemetry.sql("ALTER SETTINGS PROFILE small TO NONE")
    assert setting("max_block_size") != "5"
    telemetry.sql("ALTER SETTINGS PROFILE small TO writer")
    telemetry.sql("DROP SETTINGS PROFILE small")
    assert setting("max_block_size") != "5"
    assert telemetry.sql("SHOW SETTINGS PROFILES") == ""


def test_a_user_has_its_database_and_settings(service: Service) -> None:
    """The clauses are `DEFAULT DATABASE` and `SETTINGS`."""
    service.sql("CREATE DATABASE telemetry")
    service.sql(
        "create user if not exists `reader-1` identified by 'it''s \\\\ <secret> & more' "
        "default database telemetry settings max_threads = 3"
    )
    response = service.sql(
        "SELECT currentDatabase(), getSetting('max_threads')",
        user="reader-1",
        password="it's \\ <secret> & more",
    )
    assert response == "telemetry\t3"
    service.sql("ALTER USER `reader-1` SETTINGS max_threads = 2, max_block_size = 7")
    service.sql("ALTER USER `reader-1` MODIFY SETTINGS max_threads = 5")
    query = "SELECT getSetting('max_block_size'), getSetting('max_threads')"
    password = "it's \\ <secret> & more"
    assert service.sql(query, user="reader-1", password=password) == "7\t5"
    service.sql("ALTER USER `reader-1` SETTINGS NONE")
    assert service.sql(query, user="reader-1", password=password) != "7\t5"


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("CREATE USER writer IDENTIFIED BY 'x'", "ACCESS_ENTITY_ALREADY_EXISTS"),
        ("CREATE USER unknown", "BAD_ARGUMENTS"),
        ("CREATE USER unknown IDENTIFIED WITH sha256_hash BY 'ab'", "BAD_ARGUMENTS"),
        ("CREATE USER unknown IDENTIFIED WITH bcrypt_password BY 'x'", "NOT_IMPLEMENTED"),
        ("CREATE USER unknown IDENTIFIED BY 'x' HOST LOCAL", "NOT_IMPLEMENTED"),
        ("CREATE USER `a b` IDENTIFIED BY 'x'", "NOT_IMPLEMENTED"),
        ("CREATE USER _admin_ IDENTIFIED BY 'x'", "NOT_IMPLEMENTED"),
        ("CREATE USER unknown IDENTIFIED BYE 'x'", "SYNTAX_ERROR"),
        ("CREATE ROLE writer", "NOT_IMPLEMENTED"),
        ("CREATE QUOTA q", "ACCESS_STORAGE_FOR_INSERTION_NOT_FOUND"),
        ("ALTER USER unknown IDENTIFIED BY 'x'", "UNKNOWN_USER"),
        ("ALTER USER writer SETTINGS max_thread = 1", "UNKNOWN_SETTING"),
        ("DROP USER unknown", "UNKNOWN_USER"),
        ("DROP USER default", "ACCESS_STORAGE_READONLY"),
        ("GRANT SELECT ON telemetry.* TO unknown", "UNKNOWN_ROLE"),
        ("GRANT SELECTED ON telemetry.* TO writer", "SYNTAX_ERROR"),
        ("GRANT r TO writer", "UNKNOWN_ROLE"),
        ("REVOKE SELECT ON telemetry.* FROM unknown", "UNKNOWN_ROLE"),
        ("DROP ROLE r", "UNKNOWN_ROLE"),
        ("CREATE SETTINGS PROFILE p SETTINGS max_thread = 1", "UNKNOWN_SETTING"),
        ("CREATE SETTINGS PROFILE p SETTINGS max_threads = 1 MAX 'b'", "CANNOT_PARSE"),
        ("CREATE SETTINGS PROFILE of_x SETTINGS max_threads = 1", "NOT_IMPLEMENTED"),
        ("CREATE SETTINGS PROFILE p TO unknown", "UNKNOWN_ROLE"),
        ("ALTER SETTINGS PROFILE p TO NONE", "THERE_IS_NO_PROFILE"),
        ("SHOW CREATE SETTINGS PROFILE p", "THERE_IS_NO_PROFILE"),
    ],
)
def test_a_statement_that_fails_returns_the_reason(
    telemetry: Service, statement: str, error: str
) -> None:
    """The error is ClickHouse's, and nothing changes."""
    before = telemetry.engine_pid
    rejected = telemetry.query(statement)
    assert rejected.status_code >= 400
    assert f"({error}" in rejected.text.rstrip().rpartition("DB::Exception")[2]
    assert int(rejected.headers["X-ClickHouse-Exception-Code"]) > 0
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
    """Another password or a GET is also rejected."""
    assert "ACCESS_DENIED" in telemetry.query(statement, user="writer", password="w-secret").text
    assert "AUTHENTICATION_FAILED" in telemetry.query(statement, password="wrong").text
    with telemetry.client() as client:
        assert "READONLY" in client.get("/", params={"query": statement}).text


def test_a_statement_can_be_in_the_query_string(service: Service) -> None:
    """Some clients send statements there. The body can be the second half of the statement."""
    with service.client() as client:
        query = {"query": "CREATE USER one IDENTIFIED BY 'x'"}
        client.post("/", params=query).raise_for_status()
        client.post("/", params={"query": "CREATE USER two"}, content=" IDENTIFIED BY 'x'")
    assert service.sql("SHOW USERS").split() == ["default", "one", "two"]


def test_a_repeated_statement_does_not_restart_the_engine(telemetry: Service) -> None:
    """Programs can repeat a statement without cost."""
    before = telemetry.engine_pid
    telemetry.sql("CREATE USER IF NOT EXISTS writer IDENTIFIED BY 'other'")
    telemetry.sql("GRANT INSERT ON telemetry.* TO writer")
    telemetry.sql("ALTER USER writer IDENTIFIED BY 'w-secret'")
    assert telemetry.engine_pid == before


def test_no_insert_fails_while_users_change(telemetry: Service) -> None:
    """Inserts in flight end, and new ones wait. Each is executed exactly once."""
    failures: list[str] = []
    done = threading.Event()
    inserted = 0

    def insert() -> None:
        nonlocal inserted
        with telemetry.client() as client:
            while not done.is_set():
                response = client.post("/", content="INSERT INTO telemetry.t VALUES (1)")
                if not response.is_success:
                    failures.append(response.text)
                    return
                inserted += 1

    thread = threading.Thread(target=insert)
    thread.start()
    for number in range(5):
        telemetry.sql(f"CREATE USER u{number} IDENTIFIED BY 'x'")
        telemetry.sql(f"GRANT SELECT ON telemetry.* TO u{number}")
    done.set()
    thread.join()
    assert failures == []
    assert telemetry.sql("SELECT count() FROM telemetry.t") == str(inserted)


def test_users_survive_a_sigkill_right_after_the_response(own_cloud: CloudProcess) -> None:
    """When the response is sent, the change is on disk. This includes roles and profiles."""
    service = own_cloud.create_service()
    service.sql("CREATE USER writer IDENTIFIED BY 'w-secret'")
    service.sql("CREATE ROLE reader")
    service.sql("GRANT reader TO writer")
    service.sql("CREATE SETTINGS PROFILE small SETTINGS max_threads = 3 MAX 4 TO reader")
    own_cloud.kill()
    own_cloud.start()
    service.wait_for("running")
    query = "SELECT getSetting('max_threads'), currentRoles()"
    assert service.sql(query, user="writer", password="w-secret") == "3\t['reader']"


def test_the_admin_password_is_replaced_by_the_api(service: Service) -> None:
    """The request contains a hash, or a password is generated. The other users are kept."""
    service.sql("CREATE USER writer IDENTIFIED BY 'w-secret'")
    path = f"{service.path}/password"
    digest = base64.b64encode(hashlib.sha256(b"mine").digest()).decode()
    assert service.cloud.call("PATCH", path, {"newPasswordHash": digest}) == {}
    assert service.query("SELECT 1").status_code == 403
    assert service.sql("SELECT 1", password="mine") == "1"
    service.password = service.cloud.call("PATCH", path, {})["password"]
    assert service.sql("SELECT 1") == "1"
    assert service.sql("SELECT 1", user="writer", password="w-secret") == "1"
    for wrong in ({"newPasswordHash": "zz"}, {"newDoubleSha1Hash": "a" * 40}):
        service.cloud.call("PATCH", path, wrong, status=400)


def test_the_admin_password_changes_while_the_service_is_stopped(service: Service) -> None:
    """The new password takes effect at the next start."""
    service.command("stop")
    service.wait_for("stopped")
    service.password = service.cloud.call("PATCH", f"{service.path}/password", {})["password"]
    service.command("start")
    service.wait_for("running")
    assert service.sql("SELECT 1") == "1"


def test_a_native_client_works_after_users_changed(telemetry: Service) -> None:
    """The client's idle connection was closed, and the client opens another automatically."""
    client = native(telemetry)
    assert client.execute("SELECT 1") == [(1,)]
    telemetry.sql("CREATE USER another IDENTIFIED BY 'x'")
    assert client.execute("SELECT 2") == [(2,)]


def test_clickhouse_connect_manages_users(service: Service) -> None:
    """The migrations use this client, with its binary formats and its compression."""
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
