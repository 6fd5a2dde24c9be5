"""State survives kills of workerd and of the API, restarts, and deploys under load."""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import os
import queue
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
import pytest

from local.cloudflare.runtime import EdgeSockets, Runtime, RuntimeFailed, find_workerd
from tests.support.local_cloudflare import COUNTER, COUNTER_BINDING, Cloud, command, form, hello
from tests.support.paths import ROOT

# The delay is long enough for the process to be killed before the alarm is due.
ALARM = """
import { DurableObject } from "cloudflare:workers";
export class Alarm extends DurableObject {
  async set() { await this.ctx.storage.setAlarm(Date.now() + 500); return "set"; }
  async alarm() { await fetch(this.env.TARGET); }
}
export default {
  fetch: async (request, env) => new Response(await env.ALARM.get(env.ALARM.idFromName("a")).set()),
};
"""


@pytest.mark.parametrize(("host", "address"), [("127.0.0.1", "127.0.0.1"), ("[::1]", "::1")])
def test_the_edge_sets_the_address_of_a_client(cloud: Cloud, host: str, address: str) -> None:
    """Like at Cloudflare, the script does not get the client's value of that header."""
    code = """export default {
      fetch: (request) => new Response(request.headers.get("cf-connecting-ip")),
    };"""
    path = "/accounts/{account}/workers/scripts/echo"
    cloud.result("PUT", path, files=form({"index.js": code}))
    cloud.attach("localhost", "echo")
    context = ssl.create_default_context(cafile=cloud.card["ca_file"])
    context.check_hostname = False
    url = f"https://{host}:{cloud.card['edge_port']}/"
    with httpx.Client(verify=context, timeout=60, trust_env=False) as client:
        for sent in ({}, {"CF-Connecting-IP": "192.0.2.1"}, {"cf-connecting-ip": "192.0.2.1"}):
            assert client.get(url, headers={"Host": "localhost", **sent}).text == address


def test_acknowledged_writes_survive_a_kill_of_workerd(cloud: Cloud) -> None:
    """workerd starts again automatically, and clients wait in the queue until then."""
    cloud.deploy_counter()
    for expected in range(1, 6):
        assert cloud.edge().text == str(expected)
        before = cloud.runtime_pid
        cloud.kill_runtime()
        # The API owns the listening socket, so a connection is not rejected: it waits.
        _until_dead(before)
    assert cloud.edge().text == "6"


def test_all_state_survives_a_kill_of_the_api(cloud: Cloud) -> None:
    """Ports, identity, objects and secrets are the same; no process of the old cloud remains."""
    secret = {"name": "SECRET", "type": "secret_text", "text": "12345"}
    cloud.deploy_counter(bindings=[secret])
    assert cloud.edge().text == "1"
    card, runtime = cloud.card, cloud.runtime_pid
    cloud.stop(signal.SIGKILL)
    _until_dead(runtime)
    cloud.start()
    assert {**cloud.card, "pid": 0} == {**card, "pid": 0}
    assert cloud.edge().text == "2"
    assert cloud.edge("/env").json()["length"] == 5
    script = cloud.result("GET", "/accounts/{account}/workers/services/counter")
    assert script["default_environment"]["script"]["migration_tag"] == "v1"


def test_a_stop_ends_all_processes_and_frees_the_ports(cloud: Cloud) -> None:
    """Nothing is printed to stderr."""
    cloud.deploy_counter()
    runtime = cloud.runtime_pid
    assert cloud.stop(signal.SIGTERM) == 0
    assert not _alive(runtime)
    for port in (cloud.card["edge_port"], int(cloud.card["url"].split(":")[2].split("/")[0])):
        with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
            probe.connect(("127.0.0.1", port))
    assert not (cloud.directory / "cloud.json").exists()
    assert cloud.log.read_text() == ""


def test_an_alarm_runs_after_a_kill_and_reaches_this_machine_over_tls(cloud: Cloud) -> None:
    """No request wakes the object. The target's certificate is the local authority's."""
    received: queue.Queue[str] = queue.Queue()
    certificates = cloud.directory.parent / "certificates"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "localhost.pem", certificates / "localhost.key")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _listener(received)) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        target = f"https://localhost:{server.server_address[1]}/alarm"
        binding = {"name": "ALARM", "type": "durable_object_namespace", "class_name": "Alarm"}
        plain = {"name": "TARGET", "type": "plain_text", "text": target}
        upload = form(
            {"w.js": ALARM},
            bindings=[binding, plain],
            migrations={"new_tag": "v1", "new_sqlite_classes": ["Alarm"]},
        )
        cloud.result("PUT", "/accounts/{account}/workers/scripts/alarm", files=upload)
        cloud.attach("localhost", "alarm")
        assert cloud.edge().text == "set"
        cloud.kill_runtime()
        assert received.get(timeout=60) == "/alarm"
        server.shutdown()


def test_the_edge_listens_on_ipv6_too(cloud: Cloud) -> None:
    """Node tries IPv6 first."""
    if not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists():
        pytest.skip("this machine has no IPv6")
    cloud.deploy_counter()
    context = ssl.create_default_context(cafile=cloud.card["ca_file"])
    with httpx.Client(verify=context, trust_env=False) as client:
        assert client.get(f"https://[::1]:{cloud.card['edge_port']}/").text == "1"


def test_objects_and_their_keys_survive_deploys(cloud: Cloud) -> None:
    """A new version of the code reads what the old one stored."""
    cloud.deploy_counter()
    assert cloud.edge().text == "1"
    path = "/accounts/{account}/workers/scripts/counter"
    for expected in range(2, 5):
        code = COUNTER + f"// version {expected}"
        cloud.result("PUT", path, files=form({"w.js": code}, bindings=[COUNTER_BINDING]))
        assert cloud.edge().text == str(expected)


def test_a_renamed_class_keeps_its_objects_and_a_deleted_one_loses_them(cloud: Cloud) -> None:
    """The storage belongs to the namespace, not to the name of the class."""
    cloud.deploy_counter()
    assert cloud.edge().text == "1"
    path = "/accounts/{account}/workers/scripts/counter"
    renamed = COUNTER.replace("class Counter", "class Adder")
    binding = {**COUNTER_BINDING, "class_name": "Adder"}
    rename = {
        "old_tag": "v1",
        "new_tag": "v2",
        "renamed_classes": [{"from": "Counter", "to": "Adder"}],
    }
    cloud.result("PUT", path, files=form({"w.js": renamed}, bindings=[binding], migrations=rename))
    assert cloud.edge().text == "2"
    delete = {"old_tag": "v2", "new_tag": "v3", "deleted_classes": ["Adder"]}
    at_once = form({"w.js": hello("bare")}, migrations=delete)
    assert cloud.refusal("PUT", path, files=at_once)[1] == 10061
    # The deployed version binds the class, so the binding is deleted before the class.
    cloud.result("PUT", path, files=form({"w.js": renamed}))
    assert cloud.refusal("PUT", path, files=form({"w.js": hello("bare")}))[1] == 10064
    cloud.result("PUT", path, files=form({"w.js": hello("bare")}, migrations=delete))
    assert cloud.edge().text == "bare"
    assert list((cloud.directory / "durable-objects").iterdir()) == []


def test_no_acknowledged_write_is_lost_or_doubled_under_kills_and_deploys(cloud: Cloud) -> None:
    """Each response is the current count, so a number that occurs twice means a lost write."""
    cloud.deploy_counter()
    acknowledged: list[int] = []
    stop = threading.Event()
    worker = threading.Thread(target=_add_until, args=(cloud, stop, acknowledged))
    worker.start()
    path = "/accounts/{account}/workers/scripts/counter"
    for turn in range(6):
        _until_longer(acknowledged, len(acknowledged) + 5)
        if turn % 2:
            cloud.kill_runtime()
        else:
            code = COUNTER + f"// deploy {turn}"
            cloud.result("PUT", path, files=form({"w.js": code}, bindings=[COUNTER_BINDING]))
    stop.set()
    worker.join()
    assert len(set(acknowledged)) == len(acknowledged)
    assert int(cloud.edge().text) > max(acknowledged)
    assert acknowledged == sorted(acknowledged)


def test_a_deploy_lets_requests_in_flight_end(cloud: Cloud) -> None:
    """A connection may be closed before its request is read; all counted requests succeed."""
    cloud.deploy_counter()
    acknowledged: list[int] = []
    stop = threading.Event()
    worker = threading.Thread(target=_add_until, args=(cloud, stop, acknowledged))
    worker.start()
    path = "/accounts/{account}/workers/scripts/counter"
    for turn in range(5):
        code = COUNTER + f"// deploy {turn}"
        cloud.result("PUT", path, files=form({"w.js": code}, bindings=[COUNTER_BINDING]))
        _until_longer(acknowledged, len(acknowledged) + 5)
    stop.set()
    worker.join()
    assert int(cloud.edge().text) == len(acknowledged) + 1


def test_after_a_kill_during_a_deploy_the_old_or_the_new_version_runs(cloud: Cloud) -> None:
    """Either version runs and finds the objects."""
    cloud.deploy_counter()
    path = "/accounts/{account}/workers/scripts/counter"
    for turn in range(1, 5):
        assert cloud.edge().text == str(turn)
        code = COUNTER + f"// deploy {turn}"
        upload = form({"w.js": code}, bindings=[COUNTER_BINDING])
        deploying = threading.Thread(target=_deploy_without_response, args=(cloud, path, upload))
        before = len(list((cloud.directory / "modules").iterdir()))
        deploying.start()
        # The upload's module is on disk. Next are the trial, the save and the replacement.
        while len(list((cloud.directory / "modules").iterdir())) == before:
            threading.Event().wait(0.002 * turn)
        cloud.stop(signal.SIGKILL)
        deploying.join()
        cloud.start()
        # Configurations of trials contain secrets, too.
        assert not list((cloud.directory / "runtime").glob("*trial*"))
    assert cloud.edge().text == "5"


def test_a_configuration_that_does_not_run_is_rolled_back(tmp_path: Path) -> None:
    """A failed deploy rolls back to the former configuration."""

    async def replace_twice() -> str:
        edge = EdgeSockets(0)
        runtime = Runtime(find_workerd(ROOT / "local"), tmp_path / "runtime", edge)
        code = "export default { fetch: () => new Response('first') };"
        service = f'(name = "w", worker = (modules = [(name = "w", esModule = "{code}")], '
        service += 'compatibilityDate = "2026-01-01"))'
        sockets = [f'(name = "{name}", http = (), service = "w")' for name in edge.sockets]
        sockets.append('(name = "control", http = (), service = "w")')
        good = (
            'using Workerd = import "/workerd/workerd.capnp";\n'
            f"const c :Workerd.Config = (services = [{service}], sockets = [{', '.join(sockets)}]);"
        )
        await runtime.replace(good, generation="first")
        with pytest.raises(RuntimeFailed):
            await runtime.replace("this is no configuration", generation="second")
        async with httpx.AsyncClient(trust_env=False) as client:
            text = (await client.get(f"http://127.0.0.1:{edge.port}/")).text
        await runtime.stop()
        edge.close()
        return text

    assert asyncio.run(replace_twice()) == "first"


@pytest.mark.parametrize("option", ["--port", "--edge-port"])
def test_a_port_in_use_is_one_line_and_exit_code_2(tmp_path: Path, option: str) -> None:
    """The line names the port and the option to choose another."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            command(tmp_path / "cloudflare", option, port),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert port in line
    assert option in line
    assert not (tmp_path / "cloudflare" / "cloud.json").exists()


def test_a_second_process_on_the_same_folder_is_one_line(cloud: Cloud) -> None:
    """Two processes would write the same objects."""
    ended = subprocess.run(
        command(cloud.directory), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert "another process" in line
    assert cloud.result("GET", "/user/tokens/verify")


def _add_until(cloud: Cloud, stop: threading.Event, acknowledged: list[int]) -> None:
    while not stop.is_set():
        try:
            response = cloud.edge()
        except httpx.TransportError:
            # The process was killed during this request, so the write was not acknowledged.
            continue
        if response.status_code == 200:
            acknowledged.append(int(response.text))


def _listener(received: queue.Queue[str]) -> type[http.server.BaseHTTPRequestHandler]:
    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            received.put(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing: the test has a log."""

    return Listener


def _deploy_without_response(cloud: Cloud, path: str, upload: Mapping[str, object]) -> None:
    with contextlib.suppress(httpx.TransportError):
        cloud.call("PUT", path, files=upload)


def _until_dead(pid: int) -> None:
    """Wait for a process to end; the test runner's timeout ends a hang."""
    while _alive(pid):
        threading.Event().wait(0.01)


def _until_longer(items: Sequence[object], length: int) -> None:
    """Wait for another thread to add items."""
    while len(items) <= length:
        threading.Event().wait(0.01)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A dead child keeps its process id until its parent has waited for it.
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
