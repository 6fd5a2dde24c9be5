"""User-defined functions: upload, build and attachment."""

from __future__ import annotations

import io
import zipfile

import httpx

from tests.local.clickhouse.control_plane import CloudProcess, Service


def upload(cloud: CloudProcess, archive: bytes) -> str:
    """Upload an archive. Return its id."""
    session = cloud.send("POST", f"{cloud.organization}/udfUploads/url").json()["result"]
    if archive:
        assert httpx.put(session["uploadUrl"], content=archive).status_code == 200
    return str(session["uploadId"])


def zipped(**files: str) -> bytes:
    """Return an archive of Python files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.py", text)
    return packed.getvalue()


FUNCTION = {
    "runtime": "python3.11",
    "type": "executable",
    "arguments": [{"name": "x", "type": "UInt8"}],
    "returnType": "UInt8",
}


def test_a_function_is_uploaded_built_and_attached(cloud: CloudProcess, shared: Service) -> None:
    """An upload can be used for one version. Deleting a function detaches it."""
    code = zipped(main="import sys\n")
    body = {**FUNCTION, "uploadId": upload(cloud, code), "functionName": "twice"}
    created = cloud.send("POST", f"{cloud.organization}/udfs", body).json()["result"]
    assert (created["version"], created["status"]) == (1, "building")
    assert cloud.call("GET", "/udfs/twice")["status"] == "ready"
    other = {**body, "functionName": "thrice"}
    assert "uploadId" in cloud.call("POST", "/udfs", other, status=400)
    cloud.call("POST", "/udfs", {**body, "uploadId": upload(cloud, code)}, status=409)
    path = f"/udfs/twice/attachments/{shared.id}"
    assert cloud.call("PUT", path, {})["status"] == "provisioning"
    assert cloud.call("GET", path)["status"] == "deployed"
    cloud.call("DELETE", "/udfs/twice/versions/1", status=409)
    cloud.call("DELETE", path)
    cloud.call("GET", path, status=404)
    cloud.call("PUT", path, {})
    cloud.call("DELETE", "/udfs/twice")
    cloud.call("GET", path, status=404)
    cloud.call("GET", "/udfs/twice", status=404)


def test_a_function_that_cannot_be_built(cloud: CloudProcess, shared: Service) -> None:
    """The error has the reason. A version needs an upload. The newest ready one is attached."""
    body = {**FUNCTION, "uploadId": upload(cloud, zipped(main="1")), "functionName": "half"}
    cloud.send("POST", f"{cloud.organization}/udfs", body)
    path = f"{cloud.organization}/udfs/half/versions"
    for archive, says in (
        (b"", None),
        (b"text", "not a ZIP"),
        (zipped(other="1"), "main.py is not in"),
        (zipped(main="def"), "does not compile"),
    ):
        version = {**FUNCTION, "uploadId": upload(cloud, archive)}
        response = cloud.send("POST", path, version)
        assert response.status_code == (201 if archive else 400), response.text
        if says:
            shown = cloud.call("GET", "/udfs/half")
            assert shown["status"] == "error"
            assert says in shown["error"]
    attachment = f"/udfs/half/attachments/{shared.id}"
    cloud.call("PUT", attachment, {"version": 2}, status=409)
    assert cloud.call("PUT", attachment, {})["version"] == 1
    cloud.call("DELETE", "/udfs/half")
