"""`ClickStackAlert`: fields."""

from __future__ import annotations

from resources.click_stack.click_stack_alert import (
    INTERVALS,
    SENT,
    THRESHOLD_TYPES,
    ClickStackAlertProvider,
)
from tests.resources.click_stack.click_stack_fields import CHART, ClickStackFieldTests
from tests.support.declared_resource import snake_case
from tests.support.openapi_schema import schema


class TestClickStackAlert(ClickStackFieldTests):
    """The fields depend on the source of the alert."""

    provider = ClickStackAlertProvider
    request = "ClickStackCreateAlertRequest"
    first = {
        "display_name": "alert",
        "source": "tile",
        "dashboard_id": "d",
        "tile_id": "t",
        "interval": "5m",
        "threshold": 1.0,
        "threshold_type": "above",
        "channels": [{"type": "webhook", "webhook_id": "w"}],
    }
    invalid = (
        ({"interval": "2m"}, "interval is '2m', allowed: 30s, 1m, 5m"),
        ({"tile_id": None}, "tile_id is required with source tile"),
        ({"chart_config": CHART}, "allowed: nothing with source tile"),
        (
            {
                "source": "inline",
                "dashboard_id": None,
                "tile_id": None,
                "chart_config": {**CHART, "display_type": "table"},
            },
            "chart_config.display_type is 'table', allowed: line, stacked_bar",
        ),
        (
            {"threshold_type": "between", "threshold_max": 0},
            "threshold_max is 0, allowed: at least threshold, 1",
        ),
        ({"threshold_type": "between"}, "threshold_max is required with"),
        ({"threshold_max": 2}, "nothing with threshold_type above"),
        ({"channels": []}, "channels is [], allowed: 1 to 10 mappings"),
        (
            {"channels": [{"type": "webhook"}]},
            "channels[0].webhook_id is required with type webhook",
        ),
        (
            {"channels": [{"type": "email", "email_recipients": ["a"], "severity": "low"}]},
            "channels[0].severity is not a field of the API",
        ),
        ({"schedule_offset_minutes": 5}, "less than the interval, 5m"),
        ({"schedule_start_at": "soon"}, "a date and time with its zone"),
    )
    not_sent = frozenset({"channel"})


def test_values_are_the_values_of_the_spec() -> None:
    """The values are constants, so that `check` imports no client."""
    alert = schema("ClickStackCreateAlertRequest")
    assert list(INTERVALS) == alert["interval"]["enum"]
    assert sorted(THRESHOLD_TYPES) == sorted(alert["thresholdType"]["enum"])
    assert {snake_case(name) for name in alert} == {*SENT, "channel"}
