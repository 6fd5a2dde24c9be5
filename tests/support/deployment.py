"""A deployed stack as its users see it: `pulumi` commands, the ingest URL and SQL."""

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

from local.stack.paths import StackPaths
from local.stack.pulumi_stack import Stack, local_settings

# How long a test waits for an expected change; long, because the machine may be busy.
PATIENCE_SECONDS = 120.0


class Deployment:
    """One stack of the project's program on local clouds.

    Args:
        clouds: where the clouds and Pulumi's state are.
        name: the stack's name.
        folder: where the stack's settings file is written.
    """

    def __init__(self, clouds: StackPaths, name: str, folder: Path) -> None:
        self.clouds = clouds
        self.settings = local_settings(clouds, folder / f"Pulumi.{name}.yaml")
        self.stack = Stack(clouds, name, config_file=self.settings)

    def up(self, *arguments: str) -> str:
        """Run `pulumi up`, which must succeed, and return its output."""
        self.stack.ensure()
        return self.pulumi("up", "--yes", "--skip-preview", *arguments)

    def destroy(self) -> None:
        """Run `pulumi destroy` and remove the stack."""
        self.stack.destroy()

    def pulumi(self, *arguments: str) -> str:
        """Run a `pulumi` command, which must succeed, and return its output."""
        result = self.stack.run(*arguments, capture=True)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout + result.stderr

    def configure(self, key: str, value: str) -> None:
        """Set one value in the stack's settings."""
        self.pulumi("config", "set", key, value)

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs with secrets in plain text."""
        return self.stack.outputs()

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Run a query as the read-only user and return its rows."""
        outputs = self.outputs_once()
        request = urllib.request.Request(
            f"{outputs['clickhouse_url']}/?database={outputs['database']}",
            data=f"{sql} FORMAT JSONEachRow".encode(),
            headers={
                "X-ClickHouse-User": outputs["reader_user"],
                "X-ClickHouse-Key": outputs["reader_password"],
            },
        )
        with urllib.request.urlopen(request, context=self.tls(), timeout=60) as response:
            return [json.loads(line) for line in response]

    def outputs_once(self) -> dict[str, Any]:
        """Return the outputs; only the first call runs `pulumi`."""
        if not hasattr(self, "_outputs"):
            self._outputs = self.outputs()
        return self._outputs

    def tls(self) -> ssl.SSLContext:
        """Return a TLS context that trusts only the local certificate authority."""
        return ssl.create_default_context(cafile=str(self.clouds.clouds / "certificates/ca.pem"))

    def wait_for(self, what: str, probe: Callable[[], bool]) -> None:
        """Call `probe` until it returns true; a refused connection counts as false."""
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
        """Start a Python program that is a client of the stack in a separate process."""
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
                # The SDK's exporter stops after this time, retries included.
                "OTEL_EXPORTER_OTLP_TIMEOUT": "120",
            },
            stdout=subprocess.PIPE,
            text=True,
        )

    def kill_engine(self, cloud: str, pattern: str) -> int:
        """Send SIGKILL to one engine of a local cloud and return its process id.

        Args:
            cloud: the cloud's folder.
            pattern: part of the engine's command line.
        """
        pid_files = sorted((self.clouds.clouds / cloud).rglob(pattern))
        assert len(pid_files) == 1, pid_files
        pid = int(pid_files[0].read_text())
        os.kill(pid, signal.SIGKILL)
        return pid
