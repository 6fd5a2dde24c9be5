"""A deployed stack as its users see it: `pulumi` commands, the ingest URL, SQL."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.environment import Layout
from local.stack import Stack, local_settings

# How long a test waits for what is bound to come; generous, because the machine may be busy.
PATIENCE_SECONDS = 120.0


class Deployment:
    """One stack of the project's program on local clouds.

    Args:
        clouds: where the clouds and Pulumi's state are.
        name: the stack's name.
        folder: where the stack's settings file goes.
    """

    def __init__(self, clouds: Layout, name: str, folder: Path) -> None:
        self.clouds = clouds
        self.settings = local_settings(clouds, folder / f"Pulumi.{name}.yaml")
        self.stack = Stack(clouds, name, config_file=self.settings)

    def up(self, *arguments: str) -> str:
        """`pulumi up`; returns what it printed and fails the test if it failed."""
        self.stack.ensure()
        return self.pulumi("up", "--yes", "--skip-preview", *arguments)

    def destroy(self) -> None:
        """`pulumi destroy`, and forget the stack."""
        self.stack.destroy()

    def pulumi(self, *arguments: str) -> str:
        """Any `pulumi` command that must succeed; returns what it printed."""
        result = self.stack.run(*arguments, capture=True)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout + result.stderr

    def configure(self, key: str, value: str) -> None:
        """Set one value of the stack's settings."""
        self.pulumi("config", "set", key, value)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets in plain text."""
        return self.stack.outputs()

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Rows of a query, as the read-only user."""
        outputs = self.outputs_once()
        request = urllib.request.Request(
            f"{outputs['clickhouse_url']}/?database={outputs['database']}",
            data=f"{sql} FORMAT JSONEachRow".encode(),
            headers={
                "X-ClickHouse-User": outputs["reader_user"],
                "X-ClickHouse-Key": outputs["reader_password"],
            },
        )
        with urllib.request.urlopen(request, context=self.tls(), timeout=60) as answer:
            return [json.loads(line) for line in answer]

    def outputs_once(self) -> dict[str, Any]:
        """The outputs, asked of `pulumi` only the first time."""
        if not hasattr(self, "_outputs"):
            self._outputs = self.outputs()
        return self._outputs

    def tls(self) -> ssl.SSLContext:
        """Trusts the local authority and nobody else."""
        return ssl.create_default_context(cafile=str(self.clouds.clouds / "certificates/ca.pem"))

    def wait_for(self, what: str, probe: Callable[[], bool]) -> None:
        """Ask `probe` until it says yes; a refused connection counts as no."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                if probe():
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"not within {PATIENCE_SECONDS:.0f} s: {what}")

    def application(self, program: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a Python program that is a client of the stack, as its own process."""
        outputs = self.outputs_once()
        return subprocess.Popen(
            [sys.executable, "-m", f"tests.e2e.{program}", *arguments],
            cwd=self.clouds.root,
            env={
                **os.environ,
                "SSL_CERT_FILE": str(self.clouds.clouds / "certificates/bundle.pem"),
                "REQUESTS_CA_BUNDLE": str(self.clouds.clouds / "certificates/bundle.pem"),
                "OTEL_EXPORTER_OTLP_ENDPOINT": outputs["ingest_url"],
                "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization=Bearer {outputs['ingest_token']}",
                # The SDK's exporter gives up after this long, retries included.
                "OTEL_EXPORTER_OTLP_TIMEOUT": "120",
            },
            stdout=subprocess.PIPE,
            text=True,
        )

    def kill_engine(self, cloud: str, pattern: str) -> int:
        """SIGKILL one engine of a local cloud (`cloud` is its folder); returns its process id."""
        pid_files = sorted((self.clouds.clouds / cloud).rglob(pattern))
        assert len(pid_files) == 1, pid_files
        pid = int(pid_files[0].read_text())
        os.kill(pid, signal.SIGKILL)
        return pid
