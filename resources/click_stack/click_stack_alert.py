"""`ClickStackAlert`: watches a tile, a saved search or a query, and sends notifications.

Operations: `clickStackCreateAlert`, `clickStackGetAlert`, `clickStackListAlerts`,
`clickStackUpdateAlert`, `clickStackDeleteAlert`.

    too_many_errors = ClickStackAlert(
        "too-many-errors",
        ClickStackAlertArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            source="tile",
            dashboard_id=overview.id,
            tile_id=overview.tile_ids["Errors"],
            interval="5m",
            threshold=10,
            threshold_type="above",
            channels=[{"type": "webhook", "webhook_id": on_call.id}],
        ),
    )

A change of the organization or service replaces the alert; all other properties change in place.
The resource does not manage whether the alert is silenced, nor its state. `adopt="<id>"` adopts an
existing alert.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Live, marks_of
from resources.base.checker import Checker, is_known, whole_number
from resources.base.confirmation import Confirmation
from resources.base.fields import (
    ORGANIZATION,
    SERVICE,
    Field,
    choice,
    moment,
    number,
    same_moment,
    text,
    texts,
)
from resources.click_stack.click_stack_object import ClickStackObject

__all__ = ["ClickStackAlert", "ClickStackAlertArgs", "ClickStackAlertProvider"]

# Length of each interval in minutes.
INTERVALS = {
    "30s": 0.5,
    "1m": 1,
    "5m": 5,
    "15m": 15,
    "30m": 30,
    "1h": 60,
    "6h": 360,
    "12h": 720,
    "1d": 1440,
}
RANGES = ("between", "not_between")
THRESHOLD_TYPES = (
    "above",
    "below",
    "above_exclusive",
    "below_or_equal",
    "equal",
    "not_equal",
    *RANGES,
)
# Source -> the properties that identify the watched query.
SOURCES = {
    "saved_search": ("saved_search_id",),
    "tile": ("dashboard_id", "tile_id"),
    "inline": ("chart_config",),
}
# Type of a channel -> its required property.
CHANNELS = {"webhook": "webhook_id", "email": "email_recipients"}
MOST_CHANNELS = 10
SENT = (
    "display_name",
    "name",
    "source",
    "dashboard_id",
    "tile_id",
    "saved_search_id",
    "chart_config",
    "group_by",
    "interval",
    "threshold",
    "threshold_max",
    "threshold_type",
    "schedule_offset_minutes",
    "schedule_start_at",
    "num_consecutive_windows",
    "channels",
    "message",
    "note",
    "tags",
)


@dataclass(kw_only=True)
class ClickStackAlertArgs:
    """The watched query, the threshold, and the recipients.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service with this ClickStack. Replaces.
        source: kind of the watched query: `tile`, `saved_search` or `inline`. In place.
        interval: time between two runs, and the time that a run covers: `30s`, `1m`, `5m`, `15m`,
            `30m`, `1h`, `6h`, `12h` or `1d`. In place.
        threshold: the bound, or the lower bound of a range. In place.
        threshold_type: `above`, `above_exclusive`, `below`, `below_or_equal`, `equal`,
            `not_equal`, `between` or `not_between`. In place.
        channels: 1 to 10 mappings: `type` `webhook` with `webhook_id` (optionally `severity`,
            `slack_channel_id`), or `type` `email` with `email_recipients`. In place.
        dashboard_id: with `tile`. In place.
        tile_id: with `tile`, one of the dashboard's `tile_ids`. In place.
        saved_search_id: with `saved_search`. In place.
        chart_config: with `inline`: the `config` of a tile, with `display_type` `line`,
            `stacked_bar`, `stacked_line` or `number`. In place.
        threshold_max: upper bound, required for a range. In place.
        group_by: expression; each of its values has a separate alert. In place.
        display_name: the name in lists. Default: the Pulumi name. In place.
        name: title of the notification, a template. In place.
        message: text of the notification, a template. In place.
        note: a comment for readers. In place.
        tags: a set. In place.
        schedule_offset_minutes: delay within the interval, less than the interval. In place.
        schedule_start_at: time of the first run, `2027-01-01T00:00:00Z`. In place.
        num_consecutive_windows: number of consecutive intervals beyond the threshold. In place.
        adopt: id of an existing alert to adopt instead of creating one.

    A property that is removed from the program is emptied.
    """

    organization_id: pulumi.Input[str]
    service_id: pulumi.Input[str]
    source: pulumi.Input[str]
    interval: pulumi.Input[str]
    threshold: pulumi.Input[float]
    threshold_type: pulumi.Input[str]
    channels: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]]
    dashboard_id: pulumi.Input[str] | None = None
    tile_id: pulumi.Input[str] | None = None
    saved_search_id: pulumi.Input[str] | None = None
    chart_config: pulumi.Input[Mapping[str, Any]] | None = None
    threshold_max: pulumi.Input[float] | None = None
    group_by: pulumi.Input[str] | None = None
    display_name: pulumi.Input[str] | None = None
    name: pulumi.Input[str] | None = None
    message: pulumi.Input[str] | None = None
    note: pulumi.Input[str] | None = None
    tags: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None
    schedule_offset_minutes: pulumi.Input[int] | None = None
    schedule_start_at: pulumi.Input[str] | None = None
    num_consecutive_windows: pulumi.Input[int] | None = None
    adopt: pulumi.Input[str] | None = None


def _check_amount(checker: Checker, name: str) -> None:
    value = checker.known(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        checker.reject(name, "a number")


def _check_channels(checker: Checker, name: str) -> None:
    value = checker.inputs.get(name)
    if not isinstance(value, list):
        if value is not None and is_known(value):
            checker.reject(name, f"a list of 1 to {MOST_CHANNELS} mappings")
        return
    for index, channel in enumerate(value):
        kind = channel.get("type") if isinstance(channel, Mapping) else channel
        if not is_known(kind):
            continue
        where = f"{name}[{index}]"
        if kind not in CHANNELS:
            checker.reject(f"{where}.type", ", ".join(CHANNELS), value=kind)
        elif CHANNELS[kind] not in channel:
            checker.fail(f"{where}.{CHANNELS[kind]}", f"is required with type {kind}")


class ClickStackAlertProvider(ClickStackObject):
    """Creates, changes and deletes alerts."""

    display_name = "ClickStack alert"
    kind = "alert"
    models = ("ClickStackCreateAlertRequest", "ClickStackUpdateAlertRequest")
    name_field = "display_name"
    request_fields = SENT
    omitted_when_empty = ("chart_config",)
    is_paged = True
    nested_models: ClassVar = {
        "chart_config": "ClickStackAlertChartConfig",
        "channels": "ClickStackAlertChannel",
    }
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "service_id": SERVICE,
        "display_name": Field(check=text(), required=True),
        "source": Field(check=choice(tuple(SOURCES)), required=True),
        "interval": Field(check=choice(tuple(INTERVALS)), required=True),
        "threshold": Field(check=_check_amount, required=True),
        "threshold_type": Field(check=choice(THRESHOLD_TYPES), required=True),
        "channels": Field(check=_check_channels, required=True),
        **{
            name: Field(check=text(), clears=True)
            for name in (
                "dashboard_id",
                "tile_id",
                "saved_search_id",
                "group_by",
                "name",
                "message",
                "note",
            )
        },
        "chart_config": Field(check=lambda _checker, _name: None, clears=True),
        "threshold_max": Field(check=_check_amount, clears=True),
        "tags": Field(check=texts(allowed="texts"), clears=True),
        "schedule_offset_minutes": Field(check=number(minimum=0, maximum=1439), clears=True),
        "schedule_start_at": Field(
            check=moment,
            clears=True,
            same=same_moment,
        ),
        "num_consecutive_windows": Field(check=number(minimum=1, maximum=1000), clears=True),
    }

    def rules(self, checker: Checker) -> None:
        """Check the properties of the source, the range, the channels and the offset."""
        super().rules(checker)
        self._check_source(checker)
        self._check_range(checker)
        channels = checker.inputs.get("channels")
        if isinstance(channels, list) and not 1 <= len(channels) <= MOST_CHANNELS:
            checker.reject("channels", f"1 to {MOST_CHANNELS} mappings")
        offset, interval = checker.known("schedule_offset_minutes"), checker.known("interval")
        if isinstance(offset, int) and offset >= INTERVALS.get(interval, 1440):
            checker.reject("schedule_offset_minutes", f"less than the interval, {interval}")

    def _check_source(self, checker: Checker) -> None:
        source = checker.known("source")
        if source not in SOURCES:
            return
        for kind, names in SOURCES.items():
            for name in names:
                if kind == source and name not in checker.inputs:
                    checker.fail(name, f"is required with source {source}")
                elif kind != source and name in checker.inputs:
                    checker.reject(name, f"nothing with source {source}")

    def _check_range(self, checker: Checker) -> None:
        kind, least, most = map(checker.known, ("threshold_type", "threshold", "threshold_max"))
        if kind is None:
            return
        if kind not in RANGES and "threshold_max" in checker.inputs:
            checker.reject("threshold_max", f"nothing with threshold_type {kind}")
        elif kind in RANGES and "threshold_max" not in checker.inputs:
            checker.fail("threshold_max", f"is required with threshold_type {kind}")
        elif kind in RANGES and None not in (least, most) and most < least:
            checker.reject("threshold_max", f"at least threshold, {whole_number(least)}")

    def live(self, item: Live) -> Live:
        """Return a response with the inputs' names. A single channel becomes a list."""
        channels = item.get("channels") or [item[n] for n in ("channel",) if n in item]
        tags = sorted(item.get("tags") or [])
        return {**super().live(item), "channels": channels, "tags": tags}


class ClickStackAlert(Resource, module="clickhouse", name="ClickStackAlert"):
    """An alert."""

    display_name: pulumi.Output[str]
    """The name in lists."""

    def __init__(
        self,
        resource_name: str,
        args: ClickStackAlertArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {**vars(args), "display_name": args.display_name or resource_name}
        props |= marks_of(type(self), resource_name, opts)
        provider = ClickStackAlertProvider()
        super().__init__(provider, resource_name, props, opts)
        if args.adopt is None:
            Confirmation(resource_name, provider, of=self, props=provider.place_of(props))
