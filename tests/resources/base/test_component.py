"""Resources as children of a component, on the local cloud."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import NoReturn

import pulumi
import pytest

from local.stack.paths import StackPaths
from resources import Migrations
from resources.base.urns import urn_of
from tests.support.paths import ROOT
from tests.support.program_stack import PROGRAMS, ProgramStack


@pytest.fixture
def stack(clouds: StackPaths, tmp_path: Path) -> ProgramStack:
    """A stack of the program `component`, with the project's migrations and worker."""
    program = tmp_path / "component"
    shutil.copytree(PROGRAMS / "component", program)
    for folder in ("migrations", "worker"):
        (program / folder).symlink_to(ROOT / folder)
    return ProgramStack(clouds, program, tmp_path)


def test_a_component_with_a_service_and_its_ingest_previews_and_comes_up(
    stack: ProgramStack,
) -> None:
    """An input that depended on the component would wait for its own resource indefinitely."""
    stack.configure(in_component=True)
    operations = stack.preview()
    names = {urn.rpartition("::")[2] for urn, operation in operations.items()}
    assert names >= {"ingest", "one", "shop", "schema", "retention", "writer", "probe"}
    assert set(operations.values()) == {"create"}
    stack.up()
    assert stack.stack.outputs()["insert_format"] == "protobuf"
    stack.up("--expect-no-changes")


def test_resources_that_move_into_a_component_stay_what_they_are(stack: ProgramStack) -> None:
    """The program has aliases, so no resource is replaced. A replacement would lose the data."""
    stack.configure(in_component=False)
    stack.up()
    before = [service["id"] for service in stack.services()]
    stack.configure(in_component=True)
    assert not {"replace", "create-replacement", "delete"} & set(stack.preview().values())
    stack.up()
    assert [service["id"] for service in stack.services()] == before


def test_the_urn_of_a_resource_as_its_own_input_depends_on_no_resource() -> None:
    """Pulumi's own function returns the same value as an output of the parent."""

    async def compare() -> None:
        pulumi.runtime.set_mocks(_Engine())
        parent = pulumi.ComponentResource("test:index:Parent", "parent")
        kind = f"pulumi-python:{Migrations._resource_type_name}"
        original = pulumi.create_urn("schema", kind, parent)
        urn = urn_of(Migrations, "schema", pulumi.ResourceOptions(parent=parent))
        assert await original.resources() == {parent}
        assert await urn.resources() == set()
        assert await urn.is_known()
        assert await urn.future() == await original.future()
        assert str(await urn.future()).endswith("clickhouse:Migrations::schema")

    try:
        asyncio.run(compare())
    finally:
        pulumi.runtime.configure(pulumi.runtime.Settings(project="project", stack="stack"))


class _Engine(pulumi.runtime.Mocks):
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, object]]:
        return "id", dict(args.inputs)

    def call(self, args: pulumi.runtime.MockCallArgs) -> NoReturn:
        raise NotImplementedError(args.token)
