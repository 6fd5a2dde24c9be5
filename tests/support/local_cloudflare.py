"""A local Cloudflare for one test: a real API process, real workerd, free ports."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from tests.support.paths import ROOT

_START_SECONDS = 60

COUNTER = """
import { DurableObject } from "cloudflare:workers";
export class Counter extends DurableObject {
  async add() {
    const sql = this.ctx.storage.sql;
    sql.exec("CREATE TABLE IF NOT EXISTS added (n INTEGER PRIMARY KEY AUTOINCREMENT)");
    sql.exec("INSERT INTO added DEFAULT VALUES");
    return sql.exec("SELECT count(*) AS n FROM added").one().n;
  }
}
export default {
  async fetch(request, env) {
    const path = new URL(request.url).pathname;
    if (path === "/env") {
      return Response.json({ plain: env.PLAIN, json: env.JSON, length: (env.SECRET ?? "").length });
    }
    return new Response(String(await env.COUNTER.get(env.COUNTER.idFromName("one")).add()));
  },
};
"""
COUNTER_BINDING = {"name": "COUNTER", "type": "durable_object_namespace", "class_name": "Counter"}
COUNTER_MIGRATION = {"new_tag": "v1", "new_sqlite_classes": ["Counter"]}


def hello(text: str) -> str:
    """Return the source of a Worker that responds with `text`."""
    return f"export default {{ fetch: () => new Response({json.dumps(text)}) }};"


class Cloud:
    """One local Cloudflare: its process, its API and its edge."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.log = directory.parent / "cloud.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.card: dict[str, Any] = {}

    def start(self, *arguments: str) -> None:
        """Start the process and wait until it serves requests."""
        card = self.directory / "cloud.json"
        card.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command(self.directory, *arguments), cwd=ROOT, stdout=log, stderr=log
            )
        until = time.monotonic() + _START_SECONDS
        while not card.exists():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, "the cloud did not start"
            time.sleep(0.02)
        self.card = json.loads(card.read_text())

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait until the process has ended."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=30)

    @property
    def runtime_pid(self) -> int:
        """Return the process id of workerd."""
        return int((self.directory / "runtime" / "workerd.pid").read_text())

    def kill_runtime(self) -> None:
        """Send SIGKILL to workerd."""
        os.kill(self.runtime_pid, signal.SIGKILL)

    def call(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        account: str | None = None,
        **arguments: Any,
    ) -> httpx.Response:
        """Send one request to the API; `{account}` in the path is replaced by the account's id."""
        url = self.card["url"] + path.replace("{account}", account or self.card["account_id"])
        headers = {"Authorization": f"Bearer {token or self.card['api_token']}"}
        return httpx.request(method, url, headers=headers, timeout=60, trust_env=False, **arguments)

    def result(self, method: str, path: str, **arguments: Any) -> Any:
        """Send a request, which must succeed, and return its result."""
        response = self.call(method, path, **arguments)
        body = response.json()
        assert response.status_code == 200, body
        assert body["success"] is True
        assert body["errors"] == []
        return body["result"]

    def refusal(self, method: str, path: str, **arguments: Any) -> tuple[int, int, str]:
        """Send a request, which must fail, and return its status, code and message."""
        response = self.call(method, path, **arguments)
        body = response.json()
        assert body["success"] is False
        assert body["result"] is None
        (error,) = body["errors"]
        return response.status_code, error["code"], error["message"]

    def edge(self, path: str = "/", *, host: str | None = None) -> httpx.Response:
        """Send one request to the Workers over a new connection."""
        context = ssl.create_default_context(cafile=self.card["ca_file"])
        headers = {"Connection": "close", **({"Host": host} if host else {})}
        url = f"https://localhost:{self.card['edge_port']}{path}"
        with httpx.Client(verify=context, timeout=60, trust_env=False) as client:
            return client.get(url, headers=headers)

    def deploy_counter(self, name: str = "counter", **metadata: Any) -> Any:
        """Upload the Worker with the counting Durable Object and attach it to localhost."""
        bindings = [COUNTER_BINDING, *metadata.pop("bindings", [])]
        script = self.result(
            "PUT",
            f"/accounts/{{account}}/workers/scripts/{name}",
            files=form(
                {"index.js": COUNTER},
                bindings=bindings,
                migrations=metadata.pop("migrations", COUNTER_MIGRATION),
                **metadata,
            ),
        )
        self.attach("localhost", name)
        return script

    def attach(self, hostname: str, service: str, *, override: bool = False) -> Any:
        """Attach a hostname to a script; `override` allows one that another script has."""
        body = {"hostname": hostname, "service": service, "zone_id": self.card["zone_id"]}
        if override:
            body["override_existing_origin"] = True
        return self.result("PUT", "/accounts/{account}/workers/domains", json=body)


def command(directory: Path, *arguments: str) -> list[str]:
    """Return the command line of a local Cloudflare."""
    certificates = str(directory.parent / "certificates")
    program = [sys.executable, "-m", "local.cloudflare", "--state-dir", str(directory)]
    return [*program, "--certificates", certificates, *arguments]


def form(
    modules: Mapping[str, str | bytes],
    *,
    types: Mapping[str, str] | None = None,
    bindings: object = (),
    **metadata: Any,
) -> dict[str, tuple[str | None, str | bytes, str]]:
    """Return a script upload in httpx's format; the first module is the main module."""
    body = {
        "main_module": next(iter(modules)),
        "compatibility_date": "2026-01-01",
        "bindings": bindings,
        **metadata,
    }
    body = {key: value for key, value in body.items() if value is not None}
    kinds = {".js": "application/javascript+module", ".txt": "text/plain"}
    parts: dict[str, tuple[str | None, str | bytes, str]] = {
        name: (name, content, (types or {}).get(name, kinds.get(Path(name).suffix, "")))
        for name, content in modules.items()
    }
    return {"metadata": (None, json.dumps(body), "application/json"), **parts}
