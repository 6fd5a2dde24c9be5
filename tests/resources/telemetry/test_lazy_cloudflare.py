"""The fast import of `pulumi_cloudflare` returns the same classes as the usual import."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.paths import ROOT

IMPORT = "from resources.telemetry import lazy_cloudflare as cloudflare"
DESCRIBE = """
import inspect
for name in cloudflare.__all__:
    cls = getattr(cloudflare, name)
    parameters = inspect.signature(cls.__init__).parameters.values()
    print(cls.__module__, cls.__qualname__, [(p.name, p.kind, p.default) for p in parameters])
    print(sorted(vars(cls)))
"""


def run(code: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_fast_import_returns_the_same_classes() -> None:
    """Names, signatures and attributes are equal. The package's `__init__` did not run."""
    short = run(
        IMPORT + DESCRIBE + "import sys, pulumi_cloudflare\n"
        "assert pulumi_cloudflare.__shell__\n"
        "assert 'pulumi_cloudflare.zone' not in sys.modules\n"
    )
    long = run("import pulumi_cloudflare\n" + IMPORT + DESCRIBE)
    assert short == long
    assert short.count("pulumi_cloudflare.") >= 5


def test_a_package_with_another_layout_is_imported_the_usual_way() -> None:
    """The import is only slower."""
    shown = run(
        "import re\n" + IMPORT + "\n"
        "cloudflare._CLASS = re.compile('(no such class)')\n"
        "cloudflare._code = lambda *found: compile(cloudflare._classes(*found), '', 'exec')\n"
        "print(cloudflare.WorkersScript)\n"
        "import sys; print('pulumi_cloudflare.zone' in sys.modules)\n"
    )
    assert shown == "<class 'pulumi_cloudflare.workers_script.WorkersScript'>\nTrue\n"
