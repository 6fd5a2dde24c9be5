"""`ClickPipeDatabaseScaling` on the local control plane."""

from __future__ import annotations

import pytest

from resources.base.control_plane import ControlPlane as Settings
from resources.base.errors import WaitFailed
from resources.click_pipes import click_pipe_database_scaling
from resources.click_pipes.click_pipe_database_scaling import ClickPipeDatabaseScalingProvider
from tests.resources.click_pipes.pipe_service import POSTGRES, Service


def test_pipes_from_databases_share_their_size(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sizes are set after the first pipe. Drift is shown. A deletion leaves them unchanged."""
    cloud = service.plane.cloud
    provider = ClickPipeDatabaseScalingProvider()
    provider._control_plane = Settings(
        {
            "clickhouseApiUrl": cloud["url"],
            "clickhouseCloudApiKey": cloud["key_id"],
            "clickhouseCloudApiSecret": cloud["key_secret"],
        }.get
    )
    monkeypatch.setenv("CLICKHOUSE_API_REQUESTS_PER_WINDOW", "100000")
    inputs = {
        "organization_id": service.organization_id,
        "service_id": service.id,
        "replica_cpu_millicores": 2000,
        "replica_memory_gb": 8,
    }
    wrong = provider.check({}, {**inputs, "replica_memory_gb": 6}).failures
    assert [one.reason for one in wrong] == [
        "replica_memory_gb is 6, allowed: a whole number from 4 to 128 that is a multiple of 4"
    ]
    with monkeypatch.context() as patch:
        patch.setattr(click_pipe_database_scaling, "_APPEAR_SECONDS", 0.0)
        missing = {"operation": "clickPipeCdcScalingUpdate", "fault": "error", "status": 404}
        service.faults(rules=[missing])
        with pytest.raises(WaitFailed, match="absent, as in a service without such a pipe"):
            provider.create(inputs)
    service.pipe(POSTGRES)
    service.idle()
    made = provider.create(inputs)
    assert not provider.diff(made.id, made.outs or {}, inputs).changes
    path = f"services/{service.id}/clickpipesCdcScaling"
    service.plane.organization("PATCH", path, {"replicaMemoryGb": 16})
    seen = provider.read(made.id, made.outs or {})
    assert provider.diff(made.id, seen.outs or {}, inputs).changes
    provider.update(made.id, seen.outs or {}, inputs)
    provider.delete(made.id, inputs)
    assert service.plane.organization("GET", path)["replicaMemoryGb"] == 8
