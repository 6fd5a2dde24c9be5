"""An import loads only the modules that are used. bench/import_cost.py measures its time."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.support.paths import ROOT


def modules_after(statements: str) -> set[str]:
    """Return the modules that a new interpreter has loaded after `statements`."""
    script = f"{statements}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(json.loads(done.stdout))


def test_the_package_and_its_errors_load_no_library() -> None:
    """A program that only uses the errors loads nothing else."""
    loaded = modules_after("import clickhouse_api; from clickhouse_api import errors")
    assert "clickhouse_api.errors" in loaded
    assert not loaded & {"httpx", "pydantic", "clickhouse_api.base", "asyncio"}


def test_the_public_names_load_no_model() -> None:
    """The public names load no operation either."""
    loaded = modules_after("from clickhouse_api import AsyncClient, Client, errors, models")
    assert {
        "clickhouse_api.asynchronous.client",
        "clickhouse_api.blocking.client",
        "clickhouse_api.models",
    } <= loaded
    assert not [name for name in loaded if name.startswith("clickhouse_api.models.")]
    assert not [name for name in loaded if name.startswith("clickhouse_api.operations.")]
    assert "asyncio" not in loaded


def test_a_model_loads_only_the_models_of_its_tag() -> None:
    """A program that reads a service loads two modules of eighteen."""
    loaded = modules_after("from clickhouse_api import models; models.Service")
    assert {name for name in loaded if name.startswith("clickhouse_api.models.")} == {
        "clickhouse_api.models.common",
        "clickhouse_api.models.service",
    }


def test_a_validator_is_built_on_first_use() -> None:
    """Only one validator of a loaded module is built, not those of all its classes."""
    script = (
        "from clickhouse_api import models; models.Service; "
        "import clickhouse_api.models.service as s; "
        "built = lambda: sum(type(m.__pydantic_validator__).__name__ == 'SchemaValidator' "
        "for m in vars(s).values() if hasattr(m, '__pydantic_validator__')); "
        "assert built() == 0, built(); models.UpgradeWindow.model_validate({}); "
        "assert built() == 1, built()"
    )
    modules_after(script)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As with any module, so that `hasattr` works."""
    import clickhouse_api
    from clickhouse_api import models

    with pytest.raises(AttributeError, match="Clinet"):
        clickhouse_api.Clinet  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match="Servcie"):
        models.Servcie  # type: ignore[attr-defined]  # noqa: B018
