"""A SIGKILL during an insert loses no rows: a token without a part is removed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from local.clickhouse.insert_tokens import drop_tokens_without_part
from tests.local.clickhouse.control_plane import CloudProcess, Service, kill_engine


def data_of(service: Service) -> Path:
    """Return the data folder of a service's engine."""
    return service.cloud.state_dir / "services" / service.id / "engine" / "data"


def insert(service: Service, token: str) -> None:
    """Insert a row in each of two partitions under one token."""
    service.sql("INSERT INTO t SELECT number FROM numbers(2)", insert_deduplication_token=token)


def interrupt_insert(service: Service) -> None:
    """Run two inserts and pause in the second: one token is in the log, its part has no name yet.

    The engine cannot undo the insert before it is killed, because it is paused.
    """
    service.sql(
        "CREATE TABLE t (a UInt32) ENGINE = MergeTree PARTITION BY a ORDER BY a "
        "SETTINGS non_replicated_deduplication_window = 100"
    )
    insert(service, "first")
    insert(service, "second")
    assert service.engine_pid is not None
    os.kill(service.engine_pid, signal.SIGSTOP)
    (part,) = data_of(service).glob("encrypted/store/*/*/1_4_4_0")
    part.rename(part.with_name("tmp_insert_1_4_4_0"))


def test_the_repeat_of_an_interrupted_insert_is_accepted(service: Service) -> None:
    """The missing rows are inserted. The other rows are not inserted twice."""
    interrupt_insert(service)
    kill_engine(service)
    insert(service, "first")
    insert(service, "second")
    assert service.sql("SELECT a, count() FROM t GROUP BY a ORDER BY a") == "0\t2\n1\t2"


def test_a_repeat_is_accepted_after_a_kill_of_the_cloud(own_cloud: CloudProcess) -> None:
    """The repeat is also accepted if another process starts the engine."""
    service = own_cloud.create_service()
    interrupt_insert(service)
    own_cloud.kill()
    own_cloud.start()
    service.wait_for("running")
    insert(service, "second")
    assert service.sql("SELECT a, count() FROM t GROUP BY a ORDER BY a") == "0\t2\n1\t2"


def test_only_tokens_without_a_part_are_removed(tmp_path: Path) -> None:
    """Tokens of merged and dropped parts are kept, and so is a line that cannot be parsed."""
    logs, parts = tmp_path / "logs", tmp_path / "parts"
    table = Path("store") / "abc" / "abcdef"
    for name in ("all_1_3_1", "all_5_5_0_7", "tmp_insert_all_6_6_0"):
        (parts / table / name).mkdir(parents=True)
    log = logs / table / "deduplication_logs" / "deduplication_log_1.txt"
    log.parent.mkdir(parents=True)
    kept = ["1\tall_2_2_0\ta", "1\tall_5_5_0\tb", "2\tall_4_4_0\tc", "1\tunknown\td", "cut o"]
    log.write_text("\n".join([*kept[:3], "1\tall_6_6_0\te", *kept[3:]]))
    assert drop_tokens_without_part(logs=logs, parts=parts) == 1
    assert log.read_text() == "\n".join(kept)
    assert drop_tokens_without_part(logs=logs, parts=parts) == 0
    assert drop_tokens_without_part(logs=tmp_path / "nothing", parts=parts) == 0
