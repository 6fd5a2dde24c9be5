"""The environment in which `pulumi` and other clients reach the local clouds."""

from __future__ import annotations

import os
import secrets

from local.processes.durable_files import write_private
from local.stack.cloud_processes import CLOUDS
from local.stack.paths import StackPaths

__all__ = ["cloud_environment", "pulumi_environment"]


def cloud_environment(layout: StackPaths) -> dict[str, str]:
    """Return the addresses and credentials of the local clouds, as variables that clients read.

    Raises:
        FileNotFoundError: a cloud is not running.
    """
    clickhouse, cloudflare = (cloud.description(layout.clouds) for cloud in CLOUDS)
    if not clickhouse or not cloudflare:
        raise FileNotFoundError("the local clouds are not running: run `make up`")
    bundle = str(layout.clouds / "certificates" / "bundle.pem")
    return {
        "CLICKHOUSE_API_URL": clickhouse["url"],
        "CLICKHOUSE_ORG_ID": clickhouse["organization_id"],
        "CLICKHOUSE_CLOUD_API_KEY": clickhouse["key_id"],
        "CLICKHOUSE_CLOUD_API_SECRET": clickhouse["key_secret"],
        "CLICKHOUSE_API_STATE_DIR": str(layout.state / "clickhouse_api"),
        "CLOUDFLARE_API_BASE_URL": cloudflare["url"],
        "CLOUDFLARE_API_TOKEN": cloudflare["api_token"],
        "CLOUDFLARE_ACCOUNT_ID": cloudflare["account_id"],
        # No API returns the port of the edge, because it is always 443 in the real cloud.
        "INGEST_PORT": str(cloudflare["edge_port"]),
        "SSL_CERT_FILE": bundle,
        # curl reads this variable first.
        "CURL_CA_BUNDLE": bundle,
        "REQUESTS_CA_BUNDLE": bundle,
        "NODE_EXTRA_CA_CERTS": bundle,
    }


def pulumi_environment(layout: StackPaths) -> dict[str, str]:
    """Return variables that keep `pulumi` inside the checkout. Create the passphrase if needed."""
    layout.backend.mkdir(parents=True, exist_ok=True)
    if not layout.passphrase.exists():
        write_private(layout.passphrase, secrets.token_urlsafe(32).encode())
    first = [str(layout.bin), str(layout.root / ".venv" / "bin")]
    rest = [part for part in os.environ.get("PATH", "").split(os.pathsep) if part not in first]
    return {
        "PATH": os.pathsep.join(first + rest),
        "PULUMI_HOME": str(layout.pulumi_home),
        "PULUMI_BACKEND_URL": layout.backend.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(layout.passphrase),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
