"""SQL on a stack's service, sent as any client sends it."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request

from tests.support.program_stack import ProgramStack

__all__ = ["query"]


def query(stack: ProgramStack, sql: str, *, user: str = "default") -> str:
    """Run a statement and return the response or the server's error as one string."""
    outputs = stack.stack.outputs()
    password = outputs["password" if user == "default" else "reader_password"]
    request = urllib.request.Request(
        outputs["url"],
        data=sql.encode(),
        headers={"X-ClickHouse-User": user, "X-ClickHouse-Key": password},
    )
    ca = stack.stack.layout.clouds / "certificates" / "ca.pem"
    context = ssl.create_default_context(cafile=str(ca))
    try:
        with urllib.request.urlopen(request, context=context, timeout=60) as response:
            return str(response.read().decode().strip())
    except urllib.error.HTTPError as error:
        return error.read().decode()
