"""Calls the Cloudflare API. It uses the standard library only: the plugin must start fast."""

from __future__ import annotations

import http.client
import json
import secrets
import ssl
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["ApiFailure", "Client"]

_TIMEOUT_SECONDS = 60.0


class ApiFailure(Exception):
    """An error of the API, or no response (`status` 0). It never contains a secret."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Client:
    """One API token at one address.

    Raises:
        ApiFailure: the address is not an http(s) URL.
    """

    def __init__(self, base_url: str, token: str) -> None:
        self._url = urllib.parse.urlsplit(base_url.rstrip("/"))
        self._token = token
        if self._url.scheme not in ("http", "https") or not self._url.hostname:
            raise ApiFailure(0, f"baseUrl '{base_url}' is not an http or https URL")

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """Return the `result` of a GET."""
        suffix = "?" + urllib.parse.urlencode(query) if query else ""
        return self._result("GET", path + suffix)

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """Return the `result` of a PUT of JSON."""
        return self._result("PUT", path, json.dumps(body).encode(), "application/json")

    def delete(self, path: str) -> Any:
        """Return the `result` of a DELETE."""
        return self._result("DELETE", path)

    def upload(self, path: str, parts: Sequence[tuple[str, str | None, str, bytes]]) -> Any:
        """Return the `result` of a PUT of a form.

        Args:
            parts: name, file name, content type and bytes of each part.
        """
        boundary = secrets.token_hex(16)
        body = b"".join(_part(boundary, *part) for part in parts) + f"--{boundary}--\r\n".encode()
        return self._result("PUT", path, body, f"multipart/form-data; boundary={boundary}")

    def content(self, path: str) -> tuple[str, bytes]:
        """Return the content type and body of a GET whose response has no envelope."""
        status, content_type, body = self._send("GET", path, None, None)
        if status >= 400:
            raise _failure("GET", path, status, body)
        return content_type, body

    def _result(
        self, method: str, path: str, body: bytes | None = None, content_type: str | None = None
    ) -> Any:
        status, _, body = self._send(method, path, body, content_type)
        try:
            envelope = json.loads(body)
        except ValueError:
            envelope = None
        if status >= 400 or not isinstance(envelope, dict) or not envelope.get("success"):
            raise _failure(method, path, status, body)
        return envelope.get("result")

    def _send(
        self, method: str, path: str, body: bytes | None, content_type: str | None
    ) -> tuple[int, str, bytes]:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if content_type is not None:
            headers["Content-Type"] = content_type
        connection = self._connect()
        try:
            connection.request(method, self._url.path + path, body=body, headers=headers)
            response = connection.getresponse()
            return response.status, response.headers.get("Content-Type", ""), response.read()
        except (OSError, http.client.HTTPException) as error:
            where = f"{self._url.scheme}://{self._url.netloc}"
            raise ApiFailure(0, f"{method} {path}: no response from {where}: {error}") from None
        finally:
            connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)
        # The default context reads SSL_CERT_FILE, so it can contain a local authority.
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=_TIMEOUT_SECONDS, context=context)


def _failure(method: str, path: str, status: int, body: bytes) -> ApiFailure:
    try:
        errors = json.loads(body)["errors"]
        reason = "; ".join(f"{error['message']} (code {error['code']})" for error in errors)
    except (ValueError, KeyError, TypeError):
        reason = ""
    reason = reason or http.client.responses.get(status, "no reason given")
    return ApiFailure(status, f"{method} {path}: {status}: {reason}")


def _part(
    boundary: str, name: str, filename: str | None, content_type: str, content: bytes
) -> bytes:
    disposition = f'form-data; name="{_quoted(name)}"'
    if filename is not None:
        disposition += f'; filename="{_quoted(filename)}"'
    head = (
        f"--{boundary}\r\nContent-Disposition: {disposition}\r\n"
        f"Content-Type: {content_type}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", "")
