"""Starts a local ClickHouse cloud and sends requests to it, as a client does."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from clickhouse_driver import Client  # type: ignore[import-untyped]

from tests.support.paths import ROOT

DEADLINE_SECONDS = 60.0

Json = Any


def wait_until(holds: Callable[[], object], condition: str) -> None:
    """Poll until `holds()` is true. The deadline is long enough for a slow machine."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {DEADLINE_SECONDS:.0f} s until {condition}")
        time.sleep(0.01)


class CloudProcess:
    """`python -m local.clickhouse` with its own state folder."""

    def __init__(self, state_dir: Path, certificates: Path) -> None:
        self.state_dir = state_dir
        self._certificates = certificates
        self._process: subprocess.Popen[str] | None = None
        self._client = httpx.Client(timeout=DEADLINE_SECONDS)

    def command(self, *arguments: str) -> list[str]:
        """Return the command line."""
        command = [sys.executable, "-m", "local.clickhouse", "--state-dir", str(self.state_dir)]
        return [
            *command,
            "--certificates",
            str(self._certificates),
            "--check-responses",
            *arguments,
        ]

    def start(self, *arguments: str, limited: bool = False) -> None:
        """Start the cloud and wait until it is ready."""
        self._process = subprocess.Popen(
            self.command(*arguments), cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        wait_until(lambda: self.description.get("pid") == self.pid, "the cloud is ready")
        self._client.auth = (self.description["key_id"], self.description["key_secret"])
        if not limited:
            self.set_faults()

    def stop(self) -> None:
        """Send SIGTERM and wait for the end, unless the cloud has ended already."""
        if self.runs and self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(DEADLINE_SECONDS)
        self._client.close()

    def kill(self) -> str:
        """Send SIGKILL, wait until the process has ended, and return its log."""
        assert self._process is not None
        self._process.kill()
        return self._process.communicate(timeout=DEADLINE_SECONDS)[1]

    @property
    def runs(self) -> bool:
        """Return whether the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Return the process id."""
        assert self._process is not None
        assert self._process.poll() is None, "the cloud has ended"
        return self._process.pid

    @property
    def description(self) -> dict[str, Any]:
        """Return the content of `cloud.json`."""
        file = self.state_dir / "cloud.json"
        return dict(json.loads(file.read_text())) if file.exists() else {}

    @property
    def organization(self) -> str:
        """Return the path of the only organization."""
        return f"/organizations/{self.description['organization_id']}"

    def set_faults(self, **faults: Json) -> None:
        """Replace all faults. There is no rate limit unless the test sets one."""
        url = self.description["url"].removesuffix("/v1") + "/local/faults"
        response = self._client.put(url, json={"requests_per_window": 0, **faults})
        assert response.status_code == 200, response.text

    def send(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        auth: tuple[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """Send one request to the API, or to a path under /local."""
        url = self.description["url"]
        url = url.removesuffix("/v1") + path if path.startswith("/local") else url + path
        options: dict[str, Any] = {"auth": auth} if auth else {}
        if content is not None:
            options["content"] = content
        elif body is not None:
            options["json"] = body
        return self._client.request(method, url, **options)

    def call(self, method: str, path: str, body: Json = None, *, status: int = 200) -> Json:
        """Send one request under the organization, and check the status of the response.

        Returns:
            The `result`, or the `error`.
        """
        response = self.send(method, self.organization + path, body)
        assert response.status_code == status, response.text
        envelope = response.json()
        assert envelope["status"] == status
        assert envelope["requestId"]
        return envelope.get("result") if status == 200 else envelope["error"]

    def create_service(self, *, wait: bool = True, **fields: Json) -> Service:
        """Create a service and wait until it runs."""
        body = {
            "name": "a service",
            "provider": "aws",
            "region": "us-east-1",
            "ipAccessList": [{"source": "0.0.0.0/0", "description": "anywhere"}],
            **fields,
        }
        result = self.call("POST", "/services", body)
        service = Service(self, result["service"], result.get("password", ""))
        if wait:
            service.wait_for("running")
        return service


class Service:
    """One service of a cloud, as a client of the APIs."""

    def __init__(self, cloud: CloudProcess, shown: Json, password: str) -> None:
        self.cloud = cloud
        self.id: str = shown["id"]
        self.created = shown
        self.password = password
        self.path = f"/services/{self.id}"

    @property
    def state(self) -> str:
        """Return the state in the API."""
        return str(self.cloud.call("GET", self.path)["state"])

    def wait_for(self, *states: str) -> None:
        """Wait until the state is one of `states`."""
        wait_until(lambda: self.state in states, f"the service is {' or '.join(states)}")

    def command(self, command: str, *, status: int = 200) -> Json:
        """Send the command `start`, `stop` or `awake`."""
        return self.cloud.call("PATCH", f"{self.path}/state", {"command": command}, status=status)

    def remove(self) -> None:
        """Stop and delete the service, if it exists, and wait for the end of the deletion."""
        if self.cloud.send("GET", self.cloud.organization + self.path).status_code == 404:
            return
        if self.state in ("running", "partially_running"):
            self.command("stop")
            self.wait_for("stopped")
        if self.state not in ("softdeleting", "terminated"):
            self.cloud.call("DELETE", self.path)
        self.wait_until_deleted()

    def wait_until_deleted(self) -> None:
        """Wait until the API returns 404."""
        path = self.cloud.organization + self.path
        wait_until(
            lambda: self.cloud.send("GET", path).status_code == 404, "the service is deleted"
        )

    def port(self, protocol: str) -> int:
        """Return the public port of a protocol."""
        ports = {e["protocol"]: e["port"] for e in self.created["endpoints"]}
        return int(ports[protocol])

    @property
    def engine_pid(self) -> int | None:
        """Return the engine's process id from its pid file."""
        file = self.cloud.state_dir / "services" / self.id / "engine" / "engine.pid"
        return int(file.read_text() or 0) if file.exists() else None

    @property
    def url(self) -> str:
        """Return the https endpoint."""
        return f"https://localhost:{self.port('https')}"

    def client(self) -> httpx.Client:
        """Return a client with kept-alive connections to the https endpoint, as the admin."""
        return httpx.Client(
            base_url=self.url,
            auth=("default", self.password),
            verify=ssl.create_default_context(cafile=self.cloud.description["ca_file"]),
            timeout=DEADLINE_SECONDS,
        )

    def query(
        self, text: str, *, user: str = "default", password: str | None = None, **parameters: str
    ) -> httpx.Response:
        """Send one query on a new connection."""
        with self.client() as client:
            secret = self.password if password is None else password
            return client.post("/", content=text, params=parameters, auth=(user, secret))

    def sql(self, text: str, **keywords: str) -> str:
        """Run a query, which must succeed. Return its result as a string."""
        response = self.query(text, **keywords)
        assert response.status_code == 200, response.text
        return response.text.strip()


def native(
    service: Service,
    *,
    user: str = "default",
    password: str | None = None,
    database: str = "default",
) -> Client:
    """Return a native client, which connects at the first query."""
    return Client(
        "localhost",
        port=service.port("nativesecure"),
        user=user,
        database=database,
        password=service.password if password is None else password,
        secure=True,
        ca_certs=service.cloud.description["ca_file"],
    )


def kill_engine(service: Service) -> None:
    """Send SIGKILL to the engine and wait until it was started again."""
    pid = service.engine_pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: service.engine_pid not in (None, pid), "the engine was started again")
