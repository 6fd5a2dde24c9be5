"""The programs of the pages: previewed by the real Pulumi CLI, and checked for types."""

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
# What the examples read of a stack's settings.
SETTINGS = """config:
  telemetry:region: eu-central-1
  telemetry:ipAccessList: ["203.0.113.7"]
  telemetry:ingestDomain: localhost
  telemetry:cloudflareAccountId: {account_id}
  telemetry:cloudflareApiToken: {api_token}
  telemetry:password: a password that is sent to nobody
"""


def code_of(page: Path) -> str:
    """The program of a page; where there is text in between, blank lines are."""
    return "\n".join(
        re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    )


def test_all_examples_can_be_previewed(clouds: StackPaths, tmp_path: Path) -> None:
    """One program of every example, with the text of the pages: each resource would be created."""
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
    assert shown <= previewed, f"no example makes {shown - previewed}"


def test_the_programs_of_the_pages_have_no_type_errors(tmp_path: Path) -> None:
    """Each as it stands on its page, with nothing added."""
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
    """A file whose docstring has an example."""
    return File(
        name, f"resources/{name}.py", f"`Name`: a thing.\n\n    {example}\n\nThe rest.\n", ()
    )


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        (("made = =",), "the example of one.py is not Python"),
        (("made = 1", "made = 2"), "the examples of one.py and two.py both define made"),
        (("print(nobody)",), "the example of one.py uses nobody, which no example defines"),
    ],
)
def test_an_example_that_cannot_be_a_program_is_refused(
    examples: tuple[str, ...], message: str
) -> None:
    """The message names the files and what is wrong."""
    files = [file(name, text) for name, text in zip(("one", "two"), examples, strict=False)]
    with pytest.raises(DocumentationError, match=re.escape(message)):
        program(["one"], examples_of(files), set())


def test_an_example_comes_after_what_it_builds_upon() -> None:
    """Only that, once, with the imports it needs."""
    files = [
        file("one", "Thing(two, pulumi)"),
        file("three", "unused = 3"),
        file("two", "two = 2"),
    ]
    text = program(["one"], examples_of(files), {"Thing", "Other"})
    assert text == "import pulumi\n\nfrom resources import Thing\n\ntwo = 2\n\nThing(two, pulumi)\n"
