"""The README's commands, as a user types them, in a separate copy of the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cloud_apis import processes_below
from tests.support.paths import ROOT

# The system chooses, so that a stack that already runs on this machine is not affected.
PORTS = "PORTS=--control-plane-port 0 --cloudflare-port 0 --edge-port 0 --service-ports 0"
# Created by `make install`. The copy links them instead of installing them again.
INSTALLED = (
    ".venv",
    "local/node_modules",
    "worker/node_modules",
    ".local/bin",
    ".local/installed",
    ".local/pulumi-home",
)
FETCH_WITH_NODE = "fetch(process.argv[1]).then(async (r) => console.log(r.status, await r.text()))"
FETCH_WITH_PYTHON = "import sys, httpx; print(httpx.get(sys.argv[1]).text)"


class Checkout:
    """A copy of the project, with a home and a temporary folder that must stay empty."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "checkout"
        self.home = folder / "home"
        self.temporary = folder / "tmp"
        for path in (self.home, self.temporary):
            path.mkdir()
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        for name in listed.stdout.splitlines():
            if (ROOT / name).is_file():
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.root / name)
        for name in INSTALLED:
            if (ROOT / name).exists():
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                (self.root / name).symlink_to(ROOT / name)

    def shell(self, script: str) -> str:
        """Run a shell script, which must succeed. Return its output."""
        # Removes the variables of an outer `make` or of an earlier `make env`.
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MAKE", "CLICKHOUSE", "CLOUDFLARE", "INGEST", "PULUMI"))
        }
        result = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.root,
            env={**kept, "HOME": str(self.home), "TMPDIR": str(self.temporary)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, f"{script}\n{result.stdout}\n{result.stderr}"
        return result.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """Yield a copy of the checkout. Stop all of its processes after the test."""
    copy = Checkout(tmp_path)
    yield copy
    copy.shell("make down")


def test_make_up_its_commands_and_make_down_work(checkout: Checkout) -> None:
    """The steps are up, the printed commands, each URL with three clients, up again, down."""
    settings = (checkout.root / "Pulumi.local.yaml").read_text()
    shown = checkout.shell(f'make up "{PORTS}"')
    commands = shown.partition("Try next, in this folder:")[2]
    readme = (checkout.root / "README.md").read_text()
    assert all(line.strip() in readme for line in commands.splitlines())

    # All three, the last repeated until both rows are stored: a batch takes about a second.
    send, query = commands.rstrip().rsplit("\n  curl", 1)
    tried = checkout.shell(
        f"{send}\nfor _ in $(seq 60); do counts=$(curl{query})\n"
        '[ "$counts" != $\'1\\t1\' ] || break; sleep 0.5; done; echo; echo "$counts"'
    )
    assert "sent a span" in tried
    assert tried.splitlines()[-1] == "1\t1"

    for url in ("$INGEST_URL/health", "$CLICKHOUSE_URL/ping"):
        fetched = checkout.shell(
            f'eval "$(make env)"; curl -fsS "{url}"; echo; '
            f"python -c '{FETCH_WITH_PYTHON}' \"{url}\"; node -e '{FETCH_WITH_NODE}' \"{url}\""
        )
        responses = [line for line in fetched.splitlines() if line]
        assert len(responses) == 3, fetched
        assert responses[0] == responses[1] == responses[2].removeprefix("200 ")

    organizations = checkout.shell(
        'eval "$(make env)"; curl -fsS "$CLICKHOUSE_API_URL/organizations" '
        '-u "$CLICKHOUSE_CLOUD_API_KEY:$CLICKHOUSE_CLOUD_API_SECRET"; '
        'curl -fsS "$CLOUDFLARE_API_BASE_URL/accounts/$CLOUDFLARE_ACCOUNT_ID/workers/scripts" '
        '-H "Authorization: Bearer $CLOUDFLARE_API_TOKEN"'
    )
    assert '"Local"' in organizations
    assert "telemetry-local" in organizations

    assert re.search(r"Resources:\n +\d+ unchanged\n\n", checkout.shell(f'make up "{PORTS}"'))
    plain = 'eval "$(make env)"; pulumi up -s local --yes --expect-no-changes --non-interactive'
    checkout.shell(plain)

    checkout.shell("make down")
    assert processes_below(checkout.root) == []
    assert (checkout.root / "Pulumi.local.yaml").read_text() == settings
    left = [*checkout.home.rglob("*"), *checkout.temporary.rglob("*")]
    assert [path for path in left if path.is_file()] == []


def test_make_up_continues_after_a_kill(checkout: Checkout) -> None:
    """A `pulumi` that is killed leaves a lock and no orphan, and the next up continues."""
    checkout.shell(
        f'make up "{PORTS}" > up.log 2>&1 & '
        "until grep -q 'Service warehouse creating' up.log; do sleep 0.05; done; "
        "pkill -KILL -f '^pulumi up .*--stack local' || true; wait"
    )
    checkout.shell(f'make up "{PORTS}"')
    services = checkout.shell(
        'eval "$(make env)"; '
        'curl -fsS "$CLICKHOUSE_API_URL/organizations/$CLICKHOUSE_ORG_ID/services" '
        '-u "$CLICKHOUSE_CLOUD_API_KEY:$CLICKHOUSE_CLOUD_API_SECRET"'
    )
    assert services.count('"state"') == 1
    checkout.shell("make down")
    assert processes_below(checkout.root) == []
