"""After kills of processes, the effects of every response remain."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path

from tests.local.clickhouse.control_plane import CloudProcess, Service, kill_engine, wait_until
from tests.support.paths import ROOT


def is_running(pid: int) -> bool:
    """Return whether the process runs, and is not a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_a_killed_engine_is_restarted_with_its_rows(service: Service) -> None:
    """Queries wait for the new engine."""
    service.sql("CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a")
    for round in range(3):
        service.sql(f"INSERT INTO t VALUES ({round})")
        kill_engine(service)
        assert service.sql("SELECT count() FROM t") == str(round + 1)


def test_a_query_right_after_a_kill_waits(service: Service) -> None:
    """The query waits even before the cloud has detected the kill."""
    service.sql("CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a")
    pid = service.engine_pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    # A query in flight may have been executed, so the cloud does not repeat it.
    assert service.query("INSERT INTO t VALUES (1)").status_code in (200, 503)
    assert service.sql("SELECT 1") == "1"


def test_a_kill_of_the_cloud_ends_its_engines_and_loses_nothing(own_cloud: CloudProcess) -> None:
    """Address, keys, services, states and rows are the same."""
    services = [own_cloud.create_service(name=f"service {n}") for n in range(2)]
    for service in services:
        service.sql("CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a")
        service.sql("INSERT INTO t VALUES (1)")
    stopped = own_cloud.create_service(name="stopped")
    stopped.command("stop")
    stopped.wait_for("stopped")
    before = own_cloud.description
    pids = [service.engine_pid for service in services]
    own_cloud.kill()
    wait_until(lambda: not any(is_running(pid or 0) for pid in pids), "the engines have ended")
    own_cloud.start()
    assert {**own_cloud.description, "pid": 0} == {**before, "pid": 0}
    for service in services:
        service.wait_for("running")
        assert service.sql("SELECT count() FROM t") == "1"
    assert stopped.state == "stopped"


def test_a_create_continues_after_a_sigkill(own_cloud: CloudProcess) -> None:
    """Provisioning continues, and begins only once."""
    own_cloud.set_faults(provisioning="stuck")
    service = own_cloud.create_service(wait=False)
    own_cloud.kill()
    own_cloud.start()
    service.wait_for("running")
    assert service.sql("SELECT 1") == "1"
    assert len(own_cloud.call("GET", "/services")) == 1


def test_a_delete_continues_after_a_sigkill(own_cloud: CloudProcess) -> None:
    """The folder of the service is deleted."""
    service = own_cloud.create_service()
    service.command("stop")
    service.wait_for("stopped")
    own_cloud.set_faults(timing={"deleting": 60})
    own_cloud.call("DELETE", service.path)
    assert service.state == "softdeleting"
    own_cloud.kill()
    own_cloud.start()
    service.wait_until_deleted()
    wait_until(lambda: not list((own_cloud.state_dir / "services").iterdir()), "it is deleted")


def test_sigterm_ends_all_processes(own_cloud: CloudProcess) -> None:
    """There is no error, and all ports are closed."""
    service = own_cloud.create_service()
    pid = service.engine_pid
    assert pid is not None
    own_cloud.stop()
    assert own_cloud._process is not None
    assert own_cloud._process.returncode == 0
    assert not is_running(pid)
    for protocol in ("https", "nativesecure"):
        with socket.socket() as s:
            assert s.connect_ex(("127.0.0.1", service.port(protocol))) != 0


def refusal(cloud: CloudProcess, *arguments: str) -> str:
    """Start a cloud, which must fail. Return its output."""
    ended = subprocess.run(
        cloud.command(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) == 1
    return ended.stderr


def test_a_port_in_use_is_one_line(tmp_path: Path, certificates: Path) -> None:
    """The line names the port and a remedy."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        text = refusal(CloudProcess(tmp_path, certificates), "--port", str(port))
    assert str(port) in text
    assert "--port" in text


def test_a_second_cloud_on_one_folder_is_rejected(own_cloud: CloudProcess) -> None:
    """Two clouds would overwrite each other's files."""
    assert "another process" in refusal(own_cloud)


def test_a_service_port_in_use_is_one_line(own_cloud: CloudProcess) -> None:
    """The line has the service's name and its ports."""
    service = own_cloud.create_service(name="orders")
    own_cloud.stop()
    with socket.create_server(("127.0.0.1", service.port("https"))):
        text = refusal(own_cloud)
    assert "orders" in text
    assert str(service.port("https")) in text


def test_an_invalid_range_of_ports_is_one_line(tmp_path: Path, certificates: Path) -> None:
    """Nothing is created."""
    assert "FIRST-LAST" in refusal(CloudProcess(tmp_path, certificates), "--service-ports", "x-1")


def test_a_full_range_of_ports_is_an_error_of_the_create(
    tmp_path: Path, certificates: Path
) -> None:
    """The message has a remedy. The existing services are not affected."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    cloud = CloudProcess(tmp_path, certificates)
    cloud.start("--service-ports", f"{port}-{port}")
    body = {"name": "n", "provider": "aws", "region": "us-east-1", "ipAccessList": []}
    assert "--service-ports" in cloud.call("POST", "/services", body, status=500)
    assert cloud.call("GET", "/services") == []
    cloud.stop()


def test_services_are_isolated_from_each_other(cloud: CloudProcess) -> None:
    """Each has its own data, password and process."""
    one: Service = cloud.create_service(name="one")
    two: Service = cloud.create_service(name="two")
    one.sql("CREATE TABLE only_here (a Int8) ENGINE = Memory")
    assert two.sql("SELECT count() FROM system.tables WHERE name = 'only_here'") == "0"
    assert two.query("SELECT 1", password=one.password).status_code == 403
    one.remove()
    assert two.sql("SELECT 1") == "1"
    two.remove()
