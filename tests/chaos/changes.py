"""What a round of chaos does, drawn from a seed: changes to a program, faults, when to kill."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

__all__ = ["Kill", "Refusal", "Round", "Wanted", "draw_rounds"]

NAMES = ("one", "two", "three")

_REGIONS = ("eu-central-1", "us-east-1", "ap-south-1")
_LETTERS = "abcdefgh"
# A run that only changes something in place gets about so many answers.
_MOST_ANSWERS = 7
# Between two requests, so that the kill also comes in what happens there.
_LONGEST_DELAY_SECONDS = 0.4

Json = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What the program has.

    Attributes:
        services: arguments of its services, by Pulumi name.
        key: arguments of its API key.
    """

    services: dict[str, Json]
    key: Json


@dataclass(frozen=True)
class Kill:
    """A first `up` is killed, `delay_seconds` after the API has answered it so often.

    Attributes:
        is_stuck: what it creates provisions for ever; until it is dead.
    """

    answers: int
    delay_seconds: float
    is_stuck: bool


@dataclass(frozen=True)
class Refusal:
    """A first `up` meets what it is right to fail at, if it comes to that at all.

    Attributes:
        faults: fields of `PUT /local/faults`.
        said: what one of its errors says then.
    """

    faults: Json
    said: str


@dataclass(frozen=True)
class Round:
    """One round; the `up` after `first` must reach `wanted`, through the faults.

    Attributes:
        faults: body of `PUT /local/faults`.
        first: what happens to an `up` before that one; None where there is none.
        asleep: service that goes idle before the round, if it is there and runs.
        creates: how many services have to be made to get here from the round before.
    """

    wanted: Wanted
    faults: Json
    first: Kill | Refusal | None
    asleep: str | None
    creates: int


def draw_rounds(seed: str, count: int) -> list[Round]:
    """The rounds of a seed; more rounds begin with the same ones."""
    dice = random.Random(seed)
    wanted = Wanted({name: _arguments(dice) for name in NAMES}, _key(dice))
    creates = len(wanted.services)
    rounds = []
    for number in range(count):
        first = _kill(dice) if number % 2 else _refusal(dice)
        asleep = dice.choice(NAMES) if dice.random() < 0.2 else None
        rounds.append(Round(wanted, _faults(dice), first, asleep, creates))
        wanted, creates = _changed(dice, wanted)
    return rounds


def _kill(dice: random.Random) -> Kill:
    return Kill(
        answers=dice.randint(0, _MOST_ANSWERS),
        delay_seconds=dice.uniform(0, _LONGEST_DELAY_SECONDS),
        is_stuck=dice.random() < 0.3,
    )


def _refusal(dice: random.Random) -> Refusal | None:
    def error(operation: str, status: int) -> Json:
        return {"rules": [{"operation": operation, "fault": "error", "status": status}]}

    if dice.random() < 0.6:
        return None
    fault = "a rule of /local/faults requests this error"
    possible = (
        Refusal(error("instanceReplicaScalingUpdate", 400), fault),
        Refusal(error("instanceUpdate", 400), fault),
        Refusal(error("instanceCreate", 400), fault),
        # Whether it was carried out is not known: `up` looks for it for half a minute.
        Refusal(error("instanceCreate", 500), "It has not appeared since"),
        Refusal({"provisioning": "failed"}, "its state is failed"),
    )
    return dice.choices(possible, weights=(3, 2, 2, 1, 4))[0]


def _faults(dice: random.Random) -> Json:
    """A few faults that a run has to get over without anybody's help."""

    def lost(operation: str) -> list[Json]:
        """It was carried out, and the client does not hear so."""
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
        # One at most: a key whose answer is lost is made anew, but not again and again.
        dice.choice(lost("openapiKeyCreate")),
        *lost("openapiKeyUpdate"),
        *lost("openapiKeyDelete"),
    ]
    return {
        # The limit itself is off, on both sides: it is measured by `bench.control_plane`, costs
        # ten seconds a round here, and the 429s that matter are among the faults.
        "requests_per_window": 0,
        "timing": {
            "provisioning": dice.choice((0, 0, 0.5, 2)),
            "starting": dice.choice((0, 0, 0.5)),
            # A wait looks after one second, and then only every five.
            "stopping": dice.choice((0, 0, 0.5, 2)),
            "deleting": dice.choice((0, 0, 0.5, 2)),
            "conflict_after_stopped": dice.choice((0, 0, 0.5)),
        },
        "rules": dice.sample(possible, dice.randint(1, 4)),
    }


def _changed(dice: random.Random, wanted: Wanted) -> tuple[Wanted, int]:
    """The next program, and how many services it needs that are not there."""
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
    """Change one field, or everything in place at once; a new region is seldom, and a create."""
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
    """Make the fields fit each other, as the API asks."""
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
        # Another one is another key.
        "rotation": dice.choice("ab"),
    }
