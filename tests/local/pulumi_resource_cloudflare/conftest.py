"""Fixtures: a plugin that uses a running local Cloudflare."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.local.pulumi_resource_cloudflare.plugin import Plugin
from tests.support.local_cloudflare import Cloud


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Yield a running local Cloudflare for the tests of one file."""
    running = Cloud(tmp_path_factory.mktemp("cloud") / "cloudflare")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def plugin(cloud: Cloud) -> Iterator[Plugin]:
    """Yield a configured plugin for one test."""
    running = Plugin()
    running.configure(apiToken=cloud.card["api_token"], baseUrl=cloud.card["url"])
    yield running
    running.close()
