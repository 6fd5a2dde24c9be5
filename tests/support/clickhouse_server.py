"""A ClickHouse server for one test. The test can kill the server and start it again."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from clickhouse_migrations.clickhouse_cluster import (  # type: ignore[import-untyped]
    ClickhouseCluster,
)

from local.clickhouse.insert_tokens import drop_tokens_without_part
from resources.sql.retention import partition_days
from tests.support.paths import ROOT
from tests.support.ports import held_port
from tests.support.process import Process, wait_until

DATABASE = "telemetry"


TTL_DAYS = "30"


_USERS = """<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users>
<default><password></password><networks><ip>127.0.0.1</ip></networks></default>
<owner><password>owner</password><networks><ip>::/0</ip></networks>
<grants><query>GRANT ALL ON *.*</query></grants></owner>
<writer><password>writer</password><networks><ip>::/0</ip></networks>
<grants><query>GRANT INSERT ON telemetry.*</query><query>GRANT INSERT ON other.*</query></grants>
</writer>
<reader><password>reader</password><networks><ip>::/0</ip></networks>
<grants><query>GRANT SELECT ON telemetry.*</query></grants>
</reader>
<other_reader><password>other_reader</password><networks><ip>::/0</ip></networks>
<grants><query>GRANT SELECT ON other.*</query></grants>
</other_reader>
</users></clickhouse>"""


class ClickHouse:
    """A ClickHouse server. It has the project's tables once `migrate` has run."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "users.xml").write_text(_USERS)
        (folder / "config.xml").write_text(
            f"<clickhouse><users_config>{folder}/users.xml</users_config>"
            f"<format_schema_path>{folder}/schemas/</format_schema_path></clickhouse>"
        )
        (library,) = ROOT.glob("local/node_modules/@chdb/lib-*/libchdb.so")
        self.port = held_port(self)
        self.tcp_port = held_port(self)
        program = ROOT / "local" / "clickhouse" / "server"
        self.process = Process(
            [
                sys.executable,
                "-I",
                str(program),
                str(library),
                str(folder),
                str(self.port),
                str(self.tcp_port),
            ],
            folder,
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, mended: bool = True) -> int:
        """Start the server and wait until it responds.

        Args:
            mended: first repair the damage that a kill may have left on disk, as the cloud does.
        Returns:
            How many insert tokens without a stored part were deleted.
        """
        data = self.process.folder / "data"
        forgotten = drop_tokens_without_part(logs=data, parts=data) if mended else 0
        self.process.start()
        wait_until("ClickHouse answers", self._answers, log_of=self.process)
        return forgotten

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/ping", timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def query(self, sql: str, **settings: str) -> str:
        """Run a statement as the user with all rights and return the response body."""
        request = urllib.request.Request(
            f"{self.url}/?{urlencode(settings)}",
            data=sql.encode(),
            headers={"x-clickhouse-user": "owner", "x-clickhouse-key": "owner"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                text: str = response.read().decode()
                return text.strip()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{sql}: {error.read().decode()[:1000]}") from error

    def count(self, table: str) -> int:
        return int(self.query(f"SELECT count() FROM {DATABASE}.{table}"))

    def cluster(self) -> ClickhouseCluster:
        return ClickhouseCluster(
            db_host="127.0.0.1",
            db_port=str(self.port),
            db_user="owner",
            db_password="owner",
            driver="clickhouse-connect",
        )

    def migrate(self, *, ttl_days: str = TTL_DAYS, database: str = DATABASE) -> list[object]:
        """Apply the pending migrations and return them."""
        self.query(f"CREATE DATABASE IF NOT EXISTS {database} ENGINE = Atomic")
        applied: list[object] = self.cluster().migrate(
            database,
            ROOT / "migrations",
            create_db_if_no_exists=False,
            multi_statement=True,
            variables={
                "TTL_DAYS": ttl_days,
                "PARTITION_DAYS": str(partition_days(int(ttl_days))),
            },
        )
        return applied
