"""The functions through which `Service.create` sends its requests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

import resources
from resources.service.service import ServiceProvider
from tests.resources.service.service_samples import VALID
from tests.support.driven_provider import DrivenProvider
from tests.support.running_service import RunningService

PACKAGE = Path(resources.__file__).parent
OPERATIONS = "clickhouse_api/operations"
# They transport, repeat or cache one request and do not decide which one is sent.
INFRASTRUCTURE = {
    "base/polling.py",
    "base/provider.py",
    "service/service_list_cache.py",
    "service/waits.py",
}


@contextmanager
def callers_of_operations() -> Iterator[set[tuple[str, str]]]:
    """Collect the functions of `resources/` that are on the call stack when a request is sent.

    A function that only computes is not among them.
    """
    found: set[tuple[str, str]] = set()

    def on_call(frame: FrameType | None, event: str, _arg: object) -> None:
        if event != "call" or frame is None or OPERATIONS not in frame.f_code.co_filename:
            return
        while frame is not None:
            file = Path(frame.f_code.co_filename)
            if PACKAGE in file.parents:
                found.add((file.relative_to(PACKAGE).as_posix(), frame.f_code.co_qualname))
            frame = frame.f_back

    sys.setprofile(on_call)
    try:
        yield found
    finally:
        sys.setprofile(None)


@pytest.mark.usefixtures("unlimited")
def test_a_create_passes_through_eight_functions_in_four_files(
    server: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the engine's call to the requests: a list, the POST, a wait and the password."""
    certificates = server.clouds.clouds / "certificates" / "bundle.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates))
    place = {name: value for name, value in VALID.items() if name != "organization_id"}
    service = DrivenProvider(ServiceProvider(), server.control_plane, pulumi_name="path")
    inputs = service.checked(**{**place, "ip_access_list": ["127.0.0.1/32"]})
    with callers_of_operations() as found:
        service.provider.create(inputs)

    path = sorted(each for each in found if each[0] not in INFRASTRUCTURE)
    assert path == [
        ("base/created_resource.py", "CreatedResource._created"),
        ("base/created_resource.py", "CreatedResource.ensure"),
        ("base/declarative_provider.py", "DeclarativeProvider.create"),
        ("service/service.py", "ServiceProvider.may_have_unfinished"),
        ("service/service.py", "ServiceProvider.post"),
        ("service/service.py", "ServiceProvider.sync"),
        ("service/service_steps.py", "ServiceSteps.set_password"),
        ("service/service_steps.py", "ServiceSteps.start_created"),
    ]
    assert {file for file, _ in found} >= INFRASTRUCTURE
