"""`UdfAttachment` without the CLI: stuck and failed attachments, and a stopped service."""

from __future__ import annotations

import pytest

from resources.base.errors import ResourceError, WaitFailed
from resources.udf import udf_attachment
from tests.resources.udf.udf_home import Home, outs


def test_a_stuck_or_failed_attachment_is_an_error(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names the deadline or the error. A failed attachment differs, and is repeated."""
    home.functions().create(home.function("stuck"))
    provider, inputs = home.attachments(), home.attachment("stuck", version=1)
    home.faults(provisioning="stuck")
    with monkeypatch.context() as patch:
        patch.setattr(udf_attachment, "_ATTACH_SECONDS", 0.0)
        with pytest.raises(WaitFailed, match="until it is attached after 0 s: its state is prov"):
            provider.create(inputs)
    home.faults(provisioning="failed")
    with pytest.raises(ResourceError, match="attaching version 1 failed; the console shows"):
        provider.create(inputs)
    seen = provider.read(f"stuck/{home.service_id}", {**inputs, "status": "deployed"})
    assert outs(seen)["status"] == "error"
    assert provider.diff(seen.id or "", outs(seen), inputs).changes
    home.faults()
    made = provider.create(inputs)
    assert (made.id, outs(made)["status"]) == (f"stuck/{home.service_id}", "deployed")
    assert not provider.diff(made.id, outs(made), inputs).changes
    provider.delete(made.id, outs(made))
    assert provider.read(made.id, outs(made)).id == ""


def test_a_stopped_service_is_not_started_for_a_function(home: Home) -> None:
    """The user who stopped it has to start it. Detaching does not need a running service."""
    home.functions().create(home.function("idle"))
    provider, inputs = home.attachments(), home.attachment("idle")
    made = provider.create(inputs)
    assert outs(made)["version"] == 1
    home.plane.patch_service(home.service_id, "/state", {"command": "stop"})
    home.until("stopped")
    provider.delete(made.id, outs(made))
    with pytest.raises(ResourceError, match="is stopped, and this needs it running: start it"):
        provider.create(inputs)
    home.plane.patch_service(home.service_id, "/state", {"command": "start"})
    home.until("running")
