"""What a round of chaos does, drawn from a seed: changes to a program, faults, when to kill."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

__all__ = ["Round", "Wanted", "draw_rounds"]

NAMES = ("one", "two", "three")

_REGIONS = ("eu-central-1", "us-east-1", "ap-south-1")
_LETTERS = "abcdefgh"
# An `up` of this program takes about this long on two cores; most kills should fall inside it.
_UP_SECONDS = 6.0

Wanted = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Round:
    """One round.

    Attributes:
        wanted: arguments of the services that the program has, by Pulumi name.
        faults: body of `PUT /local/faults`.
        kill_after_seconds: when a first `up` is killed; None where there is no kill.
        creates: how many services have to be made to get here from the round before.
    """

    wanted: Wanted
    faults: dict[str, Any]
    kill_after_seconds: float | None
    creates: int


def draw_rounds(seed: int, count: int) -> list[Round]:
    """The rounds of a seed; more rounds begin with the same ones."""
    dice = random.Random(seed)
    wanted: Wanted = {name: _arguments(dice) for name in NAMES}
    creates = len(wanted)
    rounds = []
    for number in range(count):
        faults = _faults(dice)
        kill = dice.uniform(0, _UP_SECONDS) if number % 2 else None
        rounds.append(Round(wanted, faults, kill, creates))
        wanted, creates = _changed(dice, wanted)
    return rounds


def _faults(dice: random.Random) -> dict[str, Any]:
    """A few faults that a run has to get over without anybody's help.

    A refused create (500 on the POST) is not among them: whether it was carried out is not known,
    so `up` is right to look for it and then to fail.
    """
    possible: list[dict[str, Any]] = [
        {"operation": "*", "fault": "rate_limit", "reset_seconds": 0.3, "times": 2},
        {"operation": "*", "fault": "rate_limit", "reset_seconds": None},
        {"operation": "instanceCreate", "fault": "rate_limit", "reset_seconds": 0.5},
        {"operation": "instanceCreate", "fault": "lost"},
        {"operation": "instanceGet", "fault": "error", "status": 500},
        {"operation": "instanceGetList", "fault": "error", "status": 503},
        {"operation": "instanceUpdate", "fault": "error", "status": 502},
        {"operation": "instanceUpdate", "fault": "lost"},
        {"operation": "instanceReplicaScalingUpdate", "fault": "lost"},
        {"operation": "instancePasswordUpdate", "fault": "lost"},
        {"operation": "instanceStateUpdate", "fault": "lost"},
        {"operation": "instanceDelete", "fault": "lost"},
        {"operation": "instanceDelete", "fault": "error", "status": 500},
    ]
    return {
        # The limit itself is off, on both sides: it is measured by `bench.control_plane`, costs
        # ten seconds a round here, and the 429s that matter are among the faults.
        "requests_per_window": 0,
        "timing": {
            "provisioning": dice.choice((0, 0, 0.5, 2)),
            # Each of these costs the poll interval of five seconds.
            "stopping": dice.choice((0, 0, 0, 0.5)),
            "deleting": dice.choice((0, 0, 0, 0.5)),
            "conflict_after_stopped": dice.choice((0, 0, 0, 0.5)),
        },
        "rules": dice.sample(possible, dice.randint(1, 3)),
    }


def _changed(dice: random.Random, wanted: Wanted) -> tuple[Wanted, int]:
    """The next program, and how many services it needs that are not there."""
    following = {name: dict(args) for name, args in wanted.items()}
    creates = 0
    for name in dice.sample(NAMES, dice.randint(1, 2)):
        if name not in following:
            following[name] = _arguments(dice)
            creates += 1
        elif dice.random() < 0.15:
            del following[name]
        else:
            fresh = _arguments(dice)
            # One field, or everything in place at once; a new region is seldom.
            fields = sorted(fresh.keys() - {"region"})
            for field in fields if dice.random() < 0.4 else [dice.choice(fields)]:
                following[name][field] = fresh[field]
            if dice.random() < 0.2:
                others = [region for region in _REGIONS if region != following[name]["region"]]
                following[name]["region"] = dice.choice(others)
                creates += 1
            _agree(following[name])
    return following, creates


def _arguments(dice: random.Random) -> dict[str, Any]:
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
    }
    _agree(arguments)
    return arguments


def _agree(arguments: dict[str, Any]) -> None:
    """Make the fields fit each other, as the API asks."""
    least = arguments["min_replica_memory_gb"]
    arguments["max_replica_memory_gb"] = max(least, arguments["max_replica_memory_gb"])
    if not arguments["idle_scaling"]:
        arguments.pop("idle_timeout_minutes", None)
    else:
        arguments.setdefault("idle_timeout_minutes", 15)
