"""Nested values, such as the tiles of a dashboard, held to the shape the API's document gives them.

The generated request models know every field, type, bound and enum, so nothing is written down
twice; what they say about a wrong value is turned into this room's form: path, value, allowed.
Where the document has variants (a tile's chart is one of nineteen), only the one that was meant is
spoken of.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi.dynamic import CheckFailure

from resources.base.checker import Checker, is_known, whole_number

__all__ = ["check_shape", "seen_through"]

_LONGEST_SHOWN = 80
# A value that will be known once something was created: any text may come, so none is wrong.
_LATER = "(known later)"
_PLAIN_TYPES = ("str", "int", "float")
# What its messages say beside what is allowed.
_PYDANTIC = re.compile(r"^Input should be |^\w+ should have | after validation, not \d+$")


class _Later(str):
    """Stands where a value is not known yet."""


@dataclass(frozen=True)
class _Wrong:
    """One thing that a model refuses.

    Attributes:
        path: keys and indexes, from the property on.
        rest: names of the variants that follow, and what is inside of them.
        kind: pydantic's name of the error.
        allowed: what would be legal.
        expected: of an enum, its values.
    """

    path: tuple[str | int, ...]
    rest: tuple[str | int, ...]
    kind: str
    allowed: str
    expected: str


def check_shape(
    checker: Checker, name: str, model: str, *, each: bool = False, whole: bool = True
) -> None:
    """Refuse what does not have the model's shape; what has it is spelled as the model does.

    Args:
        model: a request model or alias of `clickhouse_api.models`.
        each: the value is a list of them.
        whole: required fields must be there; they need not where something is changed in part.
    """
    value = checker.inputs.get(name)
    if value is None:
        return
    if each and not isinstance(value, list):
        checker.refuse(name, "a list")
        return
    known = is_known(value)
    items = value if each else [value]
    normal = []
    for index, item in enumerate(items):
        path: tuple[str | int, ...] = (index,) if each else ()
        wrong, spelled = _held(model, _with_later(item), path)
        normal.append(spelled)
        for problem in wrong:
            if whole or problem.kind != "missing":
                _refuse(checker, name, value, problem)
        known = known and not wrong
    # Half of it is not known yet: nothing is compared with it, so it may stay as it is.
    if known and not checker.failures:
        checker.inputs[name] = normal if each else normal[0]


def seen_through(live: Any, wanted: Any) -> Any:
    """As much of a live value as the wanted one speaks of: the server's additions never differ."""
    if isinstance(wanted, Mapping) and isinstance(live, Mapping):
        return {key: seen_through(live[key], value) for key, value in wanted.items() if key in live}
    if isinstance(wanted, list) and isinstance(live, list):
        inside = [seen_through(item, value) for item, value in zip(live, wanted, strict=False)]
        return inside + live[len(wanted) :]
    return whole_number(live)


def _held(
    model: str, value: Any, path: tuple[str | int, ...]
) -> tuple[list[_Wrong], Mapping[str, Any] | Any]:
    from pydantic import TypeAdapter, ValidationError

    from clickhouse_api import models

    adapter = TypeAdapter(getattr(models, model))
    try:
        held = adapter.validate_python(value)
    except ValidationError as error:
        found = [_read(detail, value, path) for detail in error.errors(include_url=False)]
        meant = [wrong for wrong in _meant(found) if not _is_later(value, wrong.path[len(path) :])]
        return meant, value
    return [], adapter.dump_python(held, mode="json", exclude_unset=True)


def _read(detail: Mapping[str, Any], value: Any, path: tuple[str | int, ...]) -> _Wrong:
    """An error of pydantic; its place has the names of variants among the keys and indexes."""
    at, rest = _walk(value, tuple(detail["loc"]), detail["type"] == "missing")
    expected = str(detail.get("ctx", {}).get("expected", "")).replace("'", "")
    said = _PYDANTIC.sub("", str(detail["msg"]))
    allowed = expected.replace(" or ", ", ") or said
    return _Wrong((*path, *at), rest, str(detail["type"]), allowed, expected)


def _walk(
    value: Any, loc: tuple[str | int, ...], missing: bool
) -> tuple[tuple[str | int, ...], tuple[str | int, ...]]:
    """The part of a place that is in the value, and what follows the first variant's name."""
    at: list[str | int] = []
    for index, part in enumerate(loc):
        last = index + 1 == len(loc)
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part] if part < len(value) else None
        elif missing and last:
            part = _snake(str(part))
        else:
            return tuple(at), loc[index:]
        at.append(part)
    return tuple(at), ()


def _meant(found: Sequence[_Wrong]) -> list[_Wrong]:
    """Where there are variants, the errors of the one that was meant; of none, the choice."""
    plain = [wrong for wrong in found if not wrong.rest]
    places: dict[tuple[str | int, ...], list[_Wrong]] = defaultdict(list)
    for wrong in found:
        if wrong.rest:
            places[wrong.path].append(wrong)
    for path, wrongs in places.items():
        plain += _of_variant(path, wrongs)
    return plain


def _of_variant(path: tuple[str | int, ...], wrongs: Sequence[_Wrong]) -> list[_Wrong]:
    variants: dict[tuple[str | int, ...], list[_Wrong]] = defaultdict(list)
    for wrong in wrongs:
        inside = _inside(wrong.rest)
        names, rest = wrong.rest[: len(wrong.rest) - len(inside)], inside
        deeper = _deeper(rest)
        at = (*path, *map(_field, rest[: len(rest) - len(deeper)]))
        variants[names].append(_Wrong(at, deeper, wrong.kind, wrong.allowed, wrong.expected))
    if all(len(each) == 1 and each[0].path == path for each in variants.values()):
        # A plain value of one type or another.
        allowed = " or ".join(dict.fromkeys(each[0].allowed for each in variants.values()))
        return [_Wrong(path, (), "type", allowed, "")]
    meant = [(_strangers(each, path), _meant(each)) for each in variants.values()]
    strange, best = min(meant, key=lambda pair: _distance(pair[0], pair[1], path))
    if not strange:
        return best
    # None of them was meant: what tells them apart is wrong.
    choice = ", ".join(dict.fromkeys(wrong.expected for each, _ in meant for wrong in each))
    return [_Wrong(strange[0].path, (), "literal_error", choice, choice)]


def _inside(rest: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """What follows the names of variants at the beginning."""
    start = 0
    while start < len(rest) and _is_variant(rest[start]):
        start += 1
    return rest[start:]


def _deeper(rest: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """From the next variant's name on."""
    start = next((index for index, part in enumerate(rest) if _is_variant(part)), len(rest))
    return rest[start:]


def _is_variant(part: str | int) -> bool:
    """Fields begin with a small letter; models do not, and unions and types have a mark."""
    text = str(part)
    return text[:1].isupper() or "[" in text or text.removeprefix("constrained-") in _PLAIN_TYPES


def _field(part: str | int) -> str | int:
    return _snake(part) if isinstance(part, str) else part


def _strangers(wrongs: Iterable[_Wrong], path: tuple[str | int, ...]) -> list[_Wrong]:
    """Errors in a variant's own fields that say: this is another variant."""
    own = [wrong for wrong in wrongs if wrong.path[:-1] == path and not wrong.rest]
    return [wrong for wrong in own if wrong.kind == "literal_error"]


def _distance(
    strange: Sequence[_Wrong], wrongs: Sequence[_Wrong], path: tuple[str | int, ...]
) -> tuple[int, int, int]:
    """How far a value is from a variant; a choice that it does not have weighs more."""
    choices = [wrong for wrong in wrongs if wrong.kind == "enum" and wrong.path[:-1] == path]
    return len(strange), len(choices), len(wrongs)


def _refuse(checker: Checker, name: str, value: Any, wrong: _Wrong) -> None:
    path = name + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in wrong.path)
    shown = repr(_at(value, wrong.path))
    if len(shown) > _LONGEST_SHOWN:
        shown = shown[:_LONGEST_SHOWN] + "…"
    reason = f"{path} is {shown}, allowed: {wrong.allowed}"
    if wrong.kind == "missing":
        reason = f"{path} is required"
    elif wrong.kind == "extra_forbidden":
        reason = f"{path} is {shown}, allowed: nothing, there is no such field here"
    checker.failures.append(CheckFailure(name, reason))


def _at(value: Any, path: Iterable[str | int]) -> Any:
    for part in path:
        if isinstance(value, Mapping):
            value = next((v for key, v in value.items() if part in (key, _snake(key))), None)
        else:
            value = value[part] if isinstance(value, list) and isinstance(part, int) else None
    return value


def _is_later(value: Any, path: Iterable[str | int]) -> bool:
    return isinstance(_at(value, path), _Later)


def _with_later(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _with_later(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_with_later(part) for part in value]
    return value if is_known(value) else _Later(_LATER)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
