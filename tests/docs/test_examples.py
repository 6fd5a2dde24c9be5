"""The programs of the pages pass a preview by the real Pulumi CLI and a type check."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.pages import FOLDER
from docs.programs import examples_of, program
from docs.source import ROOT, DocumentationError, File, read_files
from local.stack.paths import StackPaths
from tests.support.cloud_apis import Cloudflare
from tests.support.program_stack import ProgramStack

FILES = read_files()
EXPORTED = {public.name for file in FILES for public in file.public}
# The config keys that the examples read.
SETTINGS = """config:
  telemetry:region: eu-central-1
  telemetry:ipAccessList: ["203.0.113.7"]
  telemetry:ingestDomain: localhost
  telemetry:cloudflareAccountId: {account_id}
  telemetry:cloudflareApiToken: {api_token}
  telemetry:password: an unused password
"""


def code_of(page: Path) -> str:
    """Return the program of a page, with blank lines instead of the text in between."""
    return "\n".join(
        re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    )


def test_all_examples_can_be_previewed(clouds: StackPaths, tmp_path: Path) -> None:
    """One program has all examples of the pages. The preview creates every resource."""
    examples = examples_of(FILES)
    whole = program(sorted(examples), examples, EXPORTED)
    for name, example in examples.items():
        assert example.code in whole
        assert code_of(FOLDER / f"{name}.md").endswith(f"{example.code}\n")
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / "__main__.py").write_text(whole)
    (folder / "Pulumi.yaml").write_text("name: telemetry\nruntime: python\n")
    for room in ("migrations", "worker"):
        (folder / room).symlink_to(ROOT / room)

    stack = ProgramStack(clouds, folder, tmp_path)
    settings = SETTINGS.format(**Cloudflare(clouds).cloud)
    stack.settings.write_text(stack.settings.read_text().replace("config: {}\n", settings))
    stack.control_plane.organization(
        "POST",
        "services",
        {
            "name": "existing",
            "provider": "aws",
            "region": "eu-central-1",
            "ipAccessList": [{"source": "127.0.0.1/32"}],
        },
    )
    steps = stack.preview()
    assert set(steps.values()) == {"create"}
    previewed = {urn.rpartition("::")[0].rpartition(":")[2] for urn in steps}
    shown = {public.name for file in FILES for public in file.public if public.kind == "resource"}
    assert shown <= previewed, f"no example creates {shown - previewed}"


def test_the_programs_of_the_pages_have_no_type_errors(tmp_path: Path) -> None:
    """Each program passes the check unchanged."""
    for page in FOLDER.glob("*.md"):
        code = code_of(page)
        if page.name != "README.md":
            (tmp_path / f"example_{page.stem}.py").write_text(code)
    config = [
        "--config-file",
        str(ROOT / "pyproject.toml"),
        "--cache-dir",
        str(ROOT / ".mypy_cache"),
    ]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", *config, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def file(name: str, example: str) -> File:
    """Return a file whose docstring has an example."""
    return File(
        name, f"resources/{name}.py", f"`Name`: a resource.\n\n    {example}\n\nThe rest.\n", ()
    )


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        (("made = =",), "the example of one.py is not Python"),
        (("made = 1", "made = 2"), "the examples of one.py and two.py both define made"),
        (("print(unknown)",), "the example of one.py uses unknown, which no example defines"),
    ],
)
def test_an_example_that_cannot_be_a_program_is_rejected(
    examples: tuple[str, ...], message: str
) -> None:
    """The message names the files and the fault."""
    files = [file(name, text) for name, text in zip(("one", "two"), examples, strict=False)]
    with pytest.raises(DocumentationError, match=re.escape(message)):
        program(["one"], examples_of(files), set())


def test_an_example_follows_the_examples_that_it_uses() -> None:
    """The program has only those, once, with the needed imports."""
    files = [
        file("one", "Widget(two, pulumi)"),
        file("three", "unused = 3"),
        file("two", "two = 2"),
    ]
    text = program(["one"], examples_of(files), {"Widget", "Other"})
    assert (
        text == "import pulumi\n\nfrom resources import Widget\n\ntwo = 2\n\nWidget(two, pulumi)\n"
    )
