"""Rounds of chaos, drawn from a seed: changes to a program, faults and times to kill."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

__all__ = ["ExpectedFailure", "Kill", "Round", "Wanted", "draw_rounds"]

NAMES = ("one", "two", "three")

_REGIONS = ("eu-central-1", "us-east-1", "ap-south-1")
_LETTERS = "abcdefgh"
# A run that only changes fields in place receives about this many responses.
_MOST_RESPONSES = 7
# Long enough that a kill also comes between two requests.
_LONGEST_DELAY_SECONDS = 0.4

Json = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """The resources of the program.

    Attributes:
        services: arguments of the services, by Pulumi name.
        key: arguments of the API key.
    """

    services: dict[str, Json]
    key: Json


@dataclass(frozen=True)
class Kill:
    """A first `pulumi up` is killed.

    Attributes:
        responses: the kill comes after the API has sent this many responses.
        delay_seconds: time between the last of these responses and the kill.
        is_stuck: services that this `up` creates stay in provisioning until it is dead.
    """

    responses: int
    delay_seconds: float
    is_stuck: bool


@dataclass(frozen=True)
class ExpectedFailure:
    """A first `pulumi up` must fail if it meets one of these faults.

    Attributes:
        faults: fields of `PUT /local/faults`.
        message: part of the error that this `up` prints.
    """

    faults: Json
    message: str


@dataclass(frozen=True)
class Round:
    """One round. The `pulumi up` after `first` must reach `wanted` despite the faults.

    Attributes:
        faults: body of `PUT /local/faults`.
        first: what interrupts an earlier `up` of the round; None if there is no earlier `up`.
        asleep: service that becomes idle before the round, if it exists and runs.
        creates: number of services that have to be created after the previous round.
    """

    wanted: Wanted
    faults: Json
    first: Kill | ExpectedFailure | None
    asleep: str | None
    creates: int


def draw_rounds(seed: str, count: int) -> list[Round]:
    """Return the rounds of a seed. A larger count only appends rounds."""
    dice = random.Random(seed)
    wanted = Wanted({name: _arguments(dice) for name in NAMES}, _key(dice))
    creates = len(wanted.services)
    rounds = []
    for number in range(count):
        first = _kill(dice) if number % 2 else _expected_failure(dice)
        asleep = dice.choice(NAMES) if dice.random() < 0.2 else None
        rounds.append(Round(wanted, _faults(dice), first, asleep, creates))
        wanted, creates = _changed(dice, wanted)
    return rounds


def _kill(dice: random.Random) -> Kill:
    return Kill(
        responses=dice.randint(0, _MOST_RESPONSES),
        delay_seconds=dice.uniform(0, _LONGEST_DELAY_SECONDS),
        is_stuck=dice.random() < 0.3,
    )


def _expected_failure(dice: random.Random) -> ExpectedFailure | None:
    def error(operation: str, status: int) -> Json:
        return {"rules": [{"operation": operation, "fault": "error", "status": status}]}

    if dice.random() < 0.6:
        return None
    fault = "a rule of /local/faults requests this error"
    possible = (
        ExpectedFailure(error("instanceReplicaScalingUpdate", 400), fault),
        ExpectedFailure(error("instanceUpdate", 400), fault),
        ExpectedFailure(error("instanceCreate", 400), fault),
        # The client cannot see whether the create was carried out. It looks for half a minute.
        ExpectedFailure(error("instanceCreate", 500), "It has not appeared since"),
        ExpectedFailure({"provisioning": "failed"}, "its state is failed"),
    )
    return dice.choices(possible, weights=(3, 2, 2, 1, 4))[0]


def _faults(dice: random.Random) -> Json:
    """Return a few faults that a run must survive without a manual step."""

    def lost(operation: str) -> list[Json]:
        """Return faults that execute the operation and lose the response."""
        return [
            {"operation": operation, "fault": "lost"},
            {"operation": operation, "fault": "late_error", "status": 500},
        ]

    possible: list[Json] = [
        {"operation": "*", "fault": "rate_limit", "reset_seconds": 0.3, "times": 2},
        {"operation": "*", "fault": "rate_limit", "reset_seconds": None},
        {"operation": "instanceCreate", "fault": "rate_limit", "reset_seconds": 0.5},
        {"operation": "instanceGet", "fault": "error", "status": 500},
        {"operation": "instanceGetList", "fault": "error", "status": 503},
        {"operation": "instanceUpdate", "fault": "error", "status": 502},
        {"operation": "instanceDelete", "fault": "error", "status": 500},
        {"operation": "instanceDelete", "fault": "empty"},
        {"operation": "openapiKeyUpdate", "fault": "error", "status": 503},
        *lost("instanceCreate"),
        *lost("instanceUpdate"),
        *lost("instanceReplicaScalingUpdate"),
        *lost("instancePasswordUpdate"),
        *lost("instanceStateUpdate"),
        *lost("instanceDelete"),
        # At most one such fault, because a key whose response was lost is created again only once.
        dice.choice(lost("openapiKeyCreate")),
        *lost("openapiKeyUpdate"),
        *lost("openapiKeyDelete"),
    ]
    return {
        # The rate limit is off, on both sides. It would cost ten seconds a round here,
        # `bench.control_plane` measures it, and the faults contain the 429s that matter.
        "requests_per_window": 0,
        "timing": {
            "provisioning": dice.choice((0, 0, 0.5, 2)),
            "starting": dice.choice((0, 0, 0.5)),
            # A wait polls after one second, and then every five.
            "stopping": dice.choice((0, 0, 0.5, 2)),
            "deleting": dice.choice((0, 0, 0.5, 2)),
            "conflict_after_stopped": dice.choice((0, 0, 0.5)),
        },
        "rules": dice.sample(possible, dice.randint(1, 4)),
    }


def _changed(dice: random.Random, wanted: Wanted) -> tuple[Wanted, int]:
    """Return the next program, and the number of its services that have to be created."""
    following = {name: dict(args) for name, args in wanted.services.items()}
    creates = 0
    for name in dice.sample(NAMES, dice.randint(1, 2)):
        if name not in following:
            following[name] = _arguments(dice)
            creates += 1
        elif dice.random() < 0.15:
            del following[name]
        else:
            creates += _change(dice, following[name])
    key = {**wanted.key, **_key(dice)} if dice.random() < 0.3 else wanted.key
    return Wanted(following, key), creates


def _change(dice: random.Random, service: Json) -> int:
    """Change one field or all fields in place, or in rare cases the region.

    Returns:
        The number of services that have to be created.
    """
    fresh = _arguments(dice)
    fields = sorted(fresh.keys() - {"region"})
    for field in fields if dice.random() < 0.4 else [dice.choice(fields)]:
        service[field] = fresh[field]
    is_moved = dice.random() < 0.2
    if is_moved:
        service["region"] = dice.choice([r for r in _REGIONS if r != service["region"]])
    _agree(service)
    return int(is_moved)


def _arguments(dice: random.Random) -> Json:
    least = dice.randrange(8, 64, 4)
    arguments = {
        "region": dice.choice(_REGIONS),
        "name": "".join(dice.choices(_LETTERS, k=dice.randint(1, 12))),
        "num_replicas": dice.randint(1, 6),
        "min_replica_memory_gb": least,
        "max_replica_memory_gb": dice.randrange(least, 128, 4),
        "idle_scaling": dice.random() < 0.7,
        "idle_timeout_minutes": dice.choice((5, 15, 60)),
        "tags": {key: dice.choice(_LETTERS) for key in dice.sample(_LETTERS, dice.randint(0, 3))},
        "release_channel": dice.choice(("slow", "default", "fast")),
        "desired_state": "stopped" if dice.random() < 0.15 else "running",
        "password_version": dice.choice("ab"),
    }
    _agree(arguments)
    return arguments


def _agree(arguments: Json) -> None:
    """Adapt the fields to each other, as the API requires."""
    least = arguments["min_replica_memory_gb"]
    arguments["max_replica_memory_gb"] = max(least, arguments["max_replica_memory_gb"])
    if not arguments["idle_scaling"]:
        arguments.pop("idle_timeout_minutes", None)
    else:
        arguments.setdefault("idle_timeout_minutes", 15)


def _key(dice: random.Random) -> Json:
    return {
        "name": "".join(dice.choices(_LETTERS, k=dice.randint(1, 12))),
        "state": dice.choice(("enabled", "disabled")),
        # A change of this value replaces the key.
        "rotation": dice.choice("ab"),
    }
