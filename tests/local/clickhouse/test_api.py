"""The control plane's envelope: keys, limit, validation, sub-resources, faults."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from typing import Any

import httpx
import pytest

from tests.local.clickhouse.control_plane import CloudProcess, Service
from tests.local.clickhouse.kinds import KINDS
from tests.support.paths import ROOT

SPEC = json.loads((ROOT / "clickhouse_api" / "openapi.json").read_text())
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in SPEC["paths"].items()
    for method, operation in methods.items()
]


def test_whoami_returns_the_key_and_its_organization(cloud: CloudProcess) -> None:
    """The response has the key and its organization."""
    found = cloud.send("GET", "/whoami").json()["result"]
    assert found["organizationId"] == cloud.description["organization_id"]
    assert found["actorType"] == "apiKey"


def test_the_organization_is_listed_and_changed(cloud: CloudProcess) -> None:
    """Programs find it by its name."""
    listed = cloud.send("GET", "/organizations").json()
    assert [o["name"] for o in listed["result"]] == ["Local"]
    assert listed["nextCursor"] is None
    assert cloud.call("PATCH", "", {"name": "Mine"})["name"] == "Mine"
    assert cloud.call("PATCH", "", {"name": "Local"})["name"] == "Local"


def test_invalid_credentials_are_401(cloud: CloudProcess) -> None:
    """Another secret, an unknown key, no key, another scheme."""
    key_id = cloud.description["key_id"]
    url = f"{cloud.description['url']}/organizations"
    responses = [
        cloud.send("GET", "/organizations", auth=(key_id, "wrong")),
        cloud.send("GET", "/organizations", auth=("wrong", "wrong")),
        httpx.get(url),
        httpx.get(url, headers={"Authorization": "Bearer x"}),
        httpx.get(url, headers={"Authorization": "Basic %%%"}),
        httpx.get(url, headers={b"Authorization": b"Basic \xff"}),
    ]
    for response in responses:
        assert response.status_code == 401
        assert set(response.json()) == {"status", "requestId", "error"}


def test_an_unknown_organization_is_404(cloud: CloudProcess) -> None:
    """The message names it."""
    id = str(uuid.uuid4())
    response = cloud.send("GET", f"/organizations/{id}/services")
    assert response.status_code == 404
    assert id in response.text


def test_every_operation_of_the_spec_is_served(cloud: CloudProcess) -> None:
    """Each succeeds or returns a specific error: no path is unknown, one operation returns 501."""
    assert len(OPERATIONS) == 174
    rejected = []
    for method, path, operation in OPERATIONS:
        concrete = path.removeprefix("/v1")
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                organization = parameter["name"] == "organizationId"
                value = cloud.description["organization_id"] if organization else uuid.uuid4()
                concrete = concrete.replace(f"{{{parameter['name']}}}", str(value))
        response = cloud.send(method, concrete)
        known = (200, 201, 400, 404, 501)
        assert response.status_code in known, (operation["operationId"], response.text)
        assert "not an operation" not in response.text
        if response.status_code == 501:
            assert operation["operationId"] in response.json()["error"]
            rejected.append(operation["operationId"])
        if not response.headers["Content-Type"].startswith("text/plain"):
            assert (
                isinstance(response.json(), list)
                or response.json()["status"] == response.status_code
            )
    # The certificate of a Postgres, which does not run.
    assert rejected == ["postgresServiceCertsGet"]
    assert cloud.send("GET", "/nothing").status_code == 404


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"{", "JSON"),
        (b'{"minReplicaMemoryGb": NaN}', "NaN"),
        (b'{"minReplicaMemoryGb": 1e999}', "too large"),
        (b'{"' + b"x" * 100_000 + b'": 1}', "unknown field"),
        (b"[]", "body"),
        (b'"x"', "body"),
        (b'{"name": null}', "name"),
        (b'{"tags": [{"key": "a"}]}', "tags"),
        (b'{"ipAccessList": {"add": [{"sorce": "1.1.1.1"}]}}', "ipAccessList.add[0].sorce"),
        (b'{"a": 1, "b": 2}', "'a', 'b'"),
        (b"[" * 100_000, "JSON"),
        (b'{"name": "' + b"x" * 2_000_000 + b'"}', "larger"),
    ],
)
def test_an_invalid_body_is_400_with_its_reason(
    service: Service, content: bytes, named: str
) -> None:
    """The message is one line, and nothing changes."""
    path = service.cloud.organization + service.path
    response = service.cloud.send("PATCH", path, content=content)
    assert response.status_code == 400
    assert named in response.json()["error"]
    assert len(response.json()["error"]) < 1000
    assert service.cloud.call("GET", service.path)["name"] == service.created["name"]


def test_an_invalid_query_parameter_is_400(cloud: CloudProcess) -> None:
    """An unknown parameter, one of another type, one out of range."""
    assert "page" in cloud.call("GET", "/keys?page=1", status=400)
    assert "limit" in cloud.call("GET", "/keys?limit=x", status=400)
    assert "limit" in cloud.call("GET", "/keys?limit=0", status=400)
    assert "cursor" in cloud.call("GET", "/keys?cursor=x", status=400)
    assert "filter" in cloud.call("GET", "/services?filter=name:x", status=400)


def test_an_unexpected_failure_is_logged_without_its_message(own_cloud: CloudProcess) -> None:
    """A message can contain a value of the request; here it would contain a path."""
    kind = KINDS["invitation"]
    invitation = own_cloud.call("POST", kind.path, kind.body)["id"]
    for name in ("keys.json", "organization.json"):
        (own_cloud.state_dir / name).unlink()
        (own_cloud.state_dir / name / "full").mkdir(parents=True)
    path = own_cloud.organization + "/keys"
    failed = own_cloud.send("POST", path, {"name": "s3cret-value"})
    assert failed.status_code == 500
    assert failed.json()["error"] == "INTERNAL_ERROR: Internal server error"
    # The paths that only the local cloud has fail in the same way.
    failed = own_cloud.send("POST", f"/local/invitations/{invitation}/accept")
    assert failed.status_code == 500
    log = own_cloud.kill()
    assert log.count("IsADirectoryError\n") == 2
    assert "in accept_invitation\n" in log
    assert "Errno" not in log
    assert "s3cret-value" not in log


def test_the_eleventh_request_is_429(own_cloud: CloudProcess) -> None:
    """The response has the seconds to wait. Another key has a separate limit."""
    made = own_cloud.call("POST", "/keys", {"name": "other"})
    own_cloud.send("DELETE", "/local/faults")
    responses = [own_cloud.send("GET", "/organizations") for _ in range(11)]
    assert [a.status_code for a in responses] == [200] * 10 + [429]
    assert 0 < float(responses[-1].headers["X-RateLimit-Reset"]) <= 10
    other = own_cloud.send("GET", "/organizations", auth=(made["keyId"], made["keySecret"]))
    assert other.status_code == 200


def test_responses_are_counted(own_cloud: CloudProcess) -> None:
    """The counts are by operation and status. A lost response and a deleted service count, too."""
    own_cloud.set_faults(rules=[{"operation": "instanceGetList", "fault": "lost"}])
    with pytest.raises(httpx.HTTPError):
        own_cloud.call("GET", "/services")
    own_cloud.create_service().remove()
    counts = own_cloud.send("GET", "/local/counts").json()
    answered = {(a["operation"], a["status"]): a["count"] for a in counts["responses"]}
    path = "/v1/organizations/{organizationId}/services"
    assert counts["services_created"] == 1
    assert answered["POST " + path, 200] == 1
    assert answered["GET " + path, 200] == 1


def test_a_created_key_works_until_it_is_deleted(cloud: CloudProcess) -> None:
    """The key's secret is returned once. The key's id in the API is not the key id."""
    made = cloud.call("POST", "/keys", {"name": "ci", "roles": ["developer"]})
    key, auth = made["key"], (made["keyId"], made["keySecret"])
    assert key["id"] != made["keyId"]
    assert key["keySuffix"] == made["keyId"][-4:]
    assert cloud.send("GET", "/whoami", auth=auth).json()["result"]["name"] == "ci"
    shown = cloud.call("GET", f"/keys/{key['id']}")
    assert made["keySecret"] not in json.dumps(shown)
    assert shown["assignedRoles"][0]["roleName"] == "developer"
    cloud.call("DELETE", f"/keys/{key['id']}")
    assert cloud.send("GET", "/whoami", auth=auth).status_code == 401
    cloud.call("GET", f"/keys/{key['id']}", status=404)


def test_a_key_with_an_invalid_access_list_is_rejected(cloud: CloudProcess) -> None:
    """An invalid list could lock out all clients."""
    body = {"name": "k", "ipAccessList": [{"source": "home"}]}
    assert "home" in cloud.call("POST", "/keys", body, status=400)


def test_a_cloud_whose_key_was_deleted_creates_another(own_cloud: CloudProcess) -> None:
    """`cloud.json` always contains a key that works."""
    for key in own_cloud.call("GET", "/keys"):
        own_cloud.call("DELETE", f"/keys/{key['id']}")
    own_cloud.kill()
    own_cloud.start()
    assert len(own_cloud.call("GET", "/keys")) == 1


def test_keys_are_paged(cloud: CloudProcess) -> None:
    """With `limit` and `cursor`, each key is in one page."""
    ids = [cloud.call("POST", "/keys", {"name": f"k{n}"})["key"]["id"] for n in range(3)]
    seen: list[str] = []
    cursor = ""
    while True:
        page = cloud.send("GET", f"{cloud.organization}/keys?limit=2{cursor}").json()
        seen += [key["id"] for key in page["result"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert len(seen) == len(set(seen)) == page["totalCount"]
    assert set(ids) <= set(seen)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"state": "disabled"}, 401),
        ({"expireAt": "2020-01-01T00:00:00Z"}, 401),
        ({"ipAccessList": []}, 403),
        ({"ipAccessList": [{"source": "10.0.0.0/8"}]}, 403),
        ({"roles": ["query_endpoints"]}, 403),
        ({"expireAt": None}, 200),
    ],
)
def test_a_key_can_be_blocked(cloud: CloudProcess, change: dict[str, Any], status: int) -> None:
    """A blocked key can be enabled again. A null expiry removes the expiry."""
    tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).isoformat()
    made = cloud.call("POST", "/keys", {"name": "k", "expireAt": tomorrow})
    auth = (made["keyId"], made["keySecret"])
    path = f"/keys/{made['key']['id']}"
    shown = cloud.call("PATCH", path, change)
    assert cloud.send("GET", "/whoami", auth=auth).status_code == status
    assert {name: shown[name] for name in change} == change


def test_a_key_can_be_created_from_hashes(cloud: CloudProcess) -> None:
    """Then the cloud never gets the secret."""
    key_id, secret = "my-key-id-1234", "my-secret"
    hashes = {
        "keyIdHash": hashlib.sha256(key_id.encode()).hexdigest(),
        "keyIdSuffix": "1234",
        "keySecretHash": hashlib.sha256(secret.encode()).hexdigest(),
    }
    made = cloud.call("POST", "/keys", {"name": "k", "hashData": hashes})
    assert set(made) == {"key"}
    assert cloud.send("GET", "/whoami", auth=(key_id, secret)).status_code == 200
    broken = {"name": "k", "hashData": {**hashes, "keyIdHash": "zz"}}
    assert "SHA-256" in cloud.call("POST", "/keys", broken, status=400)


def test_backup_configuration(service: Service) -> None:
    """The configuration has defaults, and null resets it. A start time needs whole days."""
    call, path = service.cloud.call, f"{service.path}/backupConfiguration"
    defaults = call("GET", path)
    assert defaults == {"backupPeriodInHours": 24, "backupRetentionPeriodInHours": 24}
    after = call("PATCH", path, {"backupStartTime": "03:00", "backupRetentionPeriodInHours": 48.0})
    assert after == {**defaults, "backupStartTime": "03:00", "backupRetentionPeriodInHours": 48}
    assert "backupStartTime" not in call("PATCH", path, {"backupStartTime": None})
    for wrong in (
        {"backupPeriodInHours": 7},
        {"backupRetentionPeriodInHours": 25},
        {"backupRetentionPeriodInHours": 1104},
        {"backupStartTime": "3:30"},
        {"backupStartTime": "03:00", "backupPeriodInHours": 24},
    ):
        call("PATCH", path, wrong, status=400)
    call("PATCH", path, {"backupPeriodInHours": 12})
    assert "12" in call("PATCH", path, {"backupStartTime": "03:00"}, status=400)
    reset = {"backupPeriodInHours": None, "backupRetentionPeriodInHours": None}
    assert call("PATCH", path, reset) == defaults


def test_query_endpoint(service: Service) -> None:
    """The endpoint is 404 at first and replaced as a whole. Keys are named by resource id."""
    call, path = service.cloud.call, f"{service.path}/serviceQueryEndpoint"
    key = call("POST", "/keys", {"name": "q"})
    call("GET", path, status=404)
    wanted = {"roles": ["sql_console_admin"], "openApiKeys": [key["key"]["id"]]}
    made = call("POST", path, wanted)
    assert call("GET", path) == made
    changed = call("POST", path, {**wanted, "openApiKeys": []})
    assert changed["id"] == made["id"]
    assert changed["openApiKeys"] == []
    call("POST", path, {**wanted, "openApiKeys": [key["keyId"]]}, status=400)
    call("DELETE", path)
    call("GET", path, status=404)


def test_upgrade_window(service: Service) -> None:
    """The window is a weekday and one of four hours."""
    call, path = service.cloud.call, f"{service.path}/upgradeWindow"
    call("GET", path, status=404)
    window = call("PUT", path, {"weekday": 1, "startHourUtc": 6})
    assert window == {"weekday": 1, "startHourUtc": 6, "duration": 6} == call("GET", path)
    call("PUT", path, {"weekday": 1, "startHourUtc": 5}, status=400)
    call("DELETE", path)
    call("GET", path, status=404)


def test_scaling_schedule(service: Service) -> None:
    """The schedule is replaced as a whole and returned with the service."""
    call, path = service.cloud.call, f"{service.path}/scalingSchedule"
    call("GET", path, status=404)
    entry = {"name": "night", "weekdays": [1, 2], "startHourUtc": 0, "endHourUtc": 6}
    made = call("POST", path, {"entries": [{**entry, "numReplicas": 2}]})
    assert made["entries"][0]["minReplicas"] == 2
    assert call("GET", service.path)["scalingSchedule"] == made
    call("POST", path, {"entries": [{**entry, "endHourUtc": 0}]}, status=400)
    call("POST", path, {"entries": [{**entry, "startHourUtc": 7}]}, status=400)
    call("POST", path, {"entries": [{**entry, "weekdays": [7]}]}, status=400)
    call("DELETE", path)
    call("GET", path, status=404)


def test_private_endpoints(service: Service) -> None:
    """The ids are a set."""
    call, path = service.cloud.call, service.path
    assert call("GET", f"{path}/privateEndpointConfig")["endpointServiceId"]
    call("POST", f"{path}/privateEndpoint", {"id": "vpce-1"})
    ids = {"privateEndpointIds": {"add": ["vpce-1", "vpce-2"], "remove": ["vpce-3"]}}
    assert call("PATCH", path, ids)["privateEndpointIds"] == ["vpce-1", "vpce-2"]


def test_state_is_kept_over_a_restart(own_cloud: CloudProcess) -> None:
    """Sub-resources and keys are also kept."""
    service = own_cloud.create_service(tags=[{"key": "a", "value": "b"}])
    own_cloud.call("PUT", f"{service.path}/upgradeWindow", {"weekday": 1, "startHourUtc": 6})
    own_cloud.call("PATCH", f"{service.path}/replicaScaling", {"numReplicas": 5})
    made = own_cloud.call("POST", "/keys", {"name": "k"})
    before = own_cloud.call("GET", service.path)
    own_cloud.kill()
    own_cloud.start()
    service.wait_for("running")
    assert own_cloud.call("GET", service.path) == before
    assert own_cloud.call("GET", f"{service.path}/upgradeWindow")["weekday"] == 1
    auth = (made["keyId"], made["keySecret"])
    assert own_cloud.send("GET", "/whoami", auth=auth).status_code == 200


def test_a_request_with_a_lost_response_is_carried_out(cloud: CloudProcess) -> None:
    """The service is created without a response. This is how orphans come into being."""
    cloud.set_faults(rules=[{"operation": "instanceCreate", "fault": "lost"}])
    with pytest.raises(httpx.RemoteProtocolError):
        cloud.create_service(name="orphan")
    orphans = [s for s in cloud.call("GET", "/services") if s["name"] == "orphan"]
    assert len(orphans) == 1
    service = Service(cloud, orphans[0], "")
    service.wait_for("running")
    service.remove()


def test_a_request_with_a_late_error_is_carried_out(service: Service) -> None:
    """After a 5xx of a gateway, the operation may have been executed."""
    service.cloud.set_faults(
        rules=[{"operation": "instanceUpdate", "fault": "late_error", "status": 502}]
    )
    send, path = service.cloud.send, service.cloud.organization + service.path
    assert send("PATCH", path, {"name": "changed-all-the-same"}).status_code == 502
    assert send("GET", path).json()["result"]["name"] == "changed-all-the-same"


def test_a_fault_ends_after_its_times(service: Service) -> None:
    """A rule ends after `times` requests. `*` is every operation."""
    service.cloud.set_faults(
        rules=[
            {"operation": "instanceGet", "fault": "error", "status": 500, "times": 2},
            {"operation": "instanceGetList", "fault": "rate_limit", "reset_seconds": 1.5},
            {"operation": "openapiKeyGetList", "fault": "rate_limit"},
        ]
    )
    send, organization = service.cloud.send, service.cloud.organization
    path = organization + service.path
    assert [send("GET", path).status_code for _ in range(3)] == [500, 500, 200]
    limited = send("GET", f"{organization}/services")
    assert (limited.status_code, limited.headers["X-RateLimit-Reset"]) == (429, "1.500")
    assert "X-RateLimit-Reset" not in send("GET", f"{organization}/keys").headers
    assert send("GET", f"{organization}/services").status_code == 200


@pytest.mark.parametrize(
    ("faults", "named"),
    [
        ({"rule": []}, "rule"),
        ({"timing": {"provision": 1}}, "provision"),
        ({"timing": {"starting": "soon"}}, "soon"),
        ({"rules": [{"operation": "*", "fault": "fire"}]}, "fire"),
        ({"provisioning": "sometimes"}, "sometimes"),
        ([], "faults"),
    ],
)
def test_invalid_faults_are_named(cloud: CloudProcess, faults: Any, named: str) -> None:
    """If invalid faults were ignored, a test could pass because its fault is not applied."""
    response = cloud.send("PUT", "/local/faults", faults)
    assert response.status_code == 400
    assert named in response.text


def test_local_paths_need_a_key(cloud: CloudProcess) -> None:
    """The keys are the API's."""
    assert cloud.send("GET", "/local/faults", auth=("x", "y")).status_code == 401
