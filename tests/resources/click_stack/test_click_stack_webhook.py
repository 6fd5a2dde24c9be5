"""`ClickStackWebhook`: fields."""

from __future__ import annotations

from resources.click_stack.click_stack_webhook import SERVICES, ClickStackWebhookProvider
from tests.resources.click_stack.click_stack_fields import ClickStackFieldTests
from tests.support.openapi_schema import schema


class TestClickStackWebhook(ClickStackFieldTests):
    """The address and the headers are secrets."""

    provider = ClickStackWebhookProvider
    request = "ClickStackWebhookInput"
    first = {
        "name": "hook",
        "service": "generic",
        "url": "https://x.example.com/t0ken",
        "headers": {"A": "b"},
    }
    invalid = (
        ({"service": "pager"}, "allowed: slack, incidentio, generic"),
        ({"url": "x.example.com/t0ken"}, "url is not a URL that"),
        ({"headers": {"A": "t0ken" * 999}}, "headers['A'] is not a string of"),
    )
    secret = "t0ken"


def test_services_are_the_services_of_the_spec() -> None:
    """The services are constants, so that `check` imports no client."""
    assert list(SERVICES) == schema("ClickStackWebhookInput")["service"]["enum"]
