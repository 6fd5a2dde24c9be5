"""`Udf` without the CLI: invalid, adopted, stuck and foreign functions."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pulumi.output import UNKNOWN

from clickhouse_api import models
from resources.base.errors import ResourceError, WaitFailed
from resources.udf import udf
from resources.udf.udf import DEFINITION, UdfProvider
from resources.udf.udf_archive import code_digest, packed
from tests.resources.udf.udf_home import CODE, Home, outs

VALID = {
    "organization_id": "o",
    "function_name": "twice",
    "runtime": "python3.11",
    "type": "executable",
    "arguments": [],
    "return_type": "UInt8",
    "files": CODE,
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"function_name": "2x"}, "function_name is '2x', allowed: a letter, then letters"),
        ({"runtime": "ruby"}, "runtime is 'ruby', allowed: python3.11, native"),
        ({"arguments": [{"name": "x"}]}, "arguments is [{'name': 'x'}], allowed: a list of map"),
        ({"pool_size": 2}, "pool_size is 2, allowed: nothing for type executable"),
        ({"memory_limit_mib": 0}, "memory_limit_mib is 0, allowed: a whole number from 1"),
        ({"files": None}, "files and archive are both absent, allowed: one of them"),
        ({"archive": "code.zip"}, "files and archive are both set, allowed: one of them"),
        ({"files": {"run.py": ""}}, "files has no main.py, which python3.11 requires"),
        ({"files": {"main.py": "", "../x": ""}}, "files has '../x', allowed: relative paths"),
        ({"files": {"main.py": 1}}, "files is not a mapping of paths to strings"),
        ({"files": None, "archive": "no.zip"}, "archive no.zip cannot be read: No such file"),
        ({"files": None, "archive": __file__}, "is not a ZIP file"),
        ({"adopt": "yes"}, "adopt is 'yes', allowed: true or false"),
    ],
)
def test_an_invalid_value_is_reported(change: dict[str, Any], message: str) -> None:
    """The message has the property, the value and the rule. No request is sent."""
    inputs = {n: v for n, v in {**VALID, **change}.items() if v is not None}
    shown = [failure.reason for failure in UdfProvider().check({}, inputs).failures]
    assert any(message in reason for reason in shown), shown


def test_an_archive_with_a_symbolic_link_is_rejected(tmp_path: Path) -> None:
    """The build of ClickHouse Cloud also rejects the archive."""
    archive = tmp_path / "code.zip"
    link = zipfile.ZipInfo("main.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(link, "elsewhere")
    inputs = {**VALID, "archive": str(archive)}
    del inputs["files"]
    (failure,) = UdfProvider().check({}, inputs).failures
    assert failure.reason.endswith("has the symbolic link main.py")


def test_code_is_compared_by_its_content(tmp_path: Path) -> None:
    """The same files in any order have the same digest. Code that is not known yet differs."""
    turned = {"files": dict(reversed(CODE.items()))}
    assert packed(turned) == packed({"files": CODE})
    assert code_digest(turned) == code_digest({"files": CODE})
    assert code_digest({"files": {"main.py": "a"}}) != code_digest({"files": {"main.pya": ""}})
    provider = UdfProvider()
    olds = provider.check({}, VALID).inputs
    assert not provider.diff("twice", olds, olds).changes
    unknown = provider.check({}, {**VALID, "files": {"main.py": UNKNOWN}}).inputs
    assert provider.diff("twice", olds, unknown).changes
    assert provider.diff("twice", olds, {**olds, "function_name": "thrice"}).replaces == [
        "function_name"
    ]
    archive = tmp_path / "code.zip"
    archive.write_bytes(packed({"files": CODE}))
    zipped = {**VALID, "archive": str(archive)}
    del zipped["files"]
    assert provider.diff("twice", olds, provider.check({}, zipped).inputs).changes


def test_the_definition_has_the_fields_of_the_spec() -> None:
    """The definition has every property of the request except the name and the upload."""
    for model in (models.UdfExecutableCreateRequest, models.UdfPoolCreateRequest):
        assert set(model.model_fields) - {"function_name", "upload_id"} == set(DEFINITION)


def test_a_function_of_another_owner_is_rejected_and_adopted_unchanged(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The owner's note is on another machine. Adopting the function publishes nothing."""
    provider = home.functions()
    theirs = home.function("theirs")
    provider.create(theirs)
    monkeypatch.setenv("CLICKHOUSE_API_STATE_DIR", str(tmp_path / "another machine"))
    with pytest.raises(ResourceError, match=r"function theirs exists.*`adopt=True` adopts it"):
        provider.create(theirs)
    adopting = {**theirs, "adopt": True}
    adopted = provider.create(adopting)
    assert (adopted.id, outs(adopted)["version"]) == ("theirs", 1)
    assert not provider.diff("theirs", outs(adopted), adopting).changes

    # Another client publishes a version. It shows as a difference, and the next update publishes
    # the version of the program.
    provider.update("theirs", outs(adopted), home.function("theirs", return_type="UInt16"))
    seen = provider.read("theirs", outs(adopted))
    assert outs(seen)["code_sha256"] == "that of version 2 of another client"
    assert outs(seen)["return_type"] == "UInt16"
    assert provider.diff("theirs", outs(seen), adopting).changes
    assert outs(provider.update("theirs", outs(seen), adopting))["version"] == 3
    provider.delete("theirs", outs(adopted))
    provider.delete("theirs", outs(adopted))
    assert provider.read("theirs", outs(adopted)).id == ""
    with pytest.raises(ResourceError, match="function theirs is deleted; `pulumi refresh` updates"):
        provider.update("theirs", outs(adopted), {**theirs, "return_type": "UInt16"})


def test_a_stuck_build_and_a_lost_response_are_continued(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait fails at the deadline, and the next run waits for the same version."""
    provider = home.functions()
    home.faults(provisioning="stuck", rules=[{"operation": "udfVersionCreate", "fault": "lost"}])
    monkeypatch.setattr(udf, "_BUILD_SECONDS", 0.0)
    inputs = home.function("slow")
    for _ in range(2):
        with pytest.raises(WaitFailed, match=r"until it is built after 0 s: its state is build"):
            provider.create(inputs)
    assert home.shown("slow")["version"] == 1
    changed = {**inputs, "return_type": "UInt16"}
    for _ in range(2):
        with pytest.raises(WaitFailed, match="is built"):
            provider.update("slow", inputs, changed)
    assert home.shown("slow")["version"] == 2
    home.faults()
    monkeypatch.undo()


def test_a_rejected_upload_does_not_show_its_url(home: Home) -> None:
    """The URL allows everyone to upload code."""
    session = models.UdfUploadSession(upload_id="u", upload_url=f"{home.plane.cloud['url']}/secret")

    class Elsewhere:
        def udf_upload_session_create(self, _organization_id: str) -> models.UdfUploadSession:
            return session

    class Client:
        udf = Elsewhere()

    with pytest.raises(ResourceError, match=r"uploading the code of function rejected: HTTP 404$"):
        udf._upload(Client(), home.function("rejected"))  # type: ignore[arg-type]
