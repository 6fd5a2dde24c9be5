"""Checks nested values, such as the tiles of a dashboard, against the OpenAPI spec.

The generated request models have every field, type, bound and enum of the spec. Pydantic validates
a value against a model; this module translates Pydantic's errors into messages of `Checker`.

Some values have variants: the chart of a tile is one of nineteen models. For a value that fits none
of them, Pydantic returns the errors of all. Only the errors of the variant that the program meant
are of use. An example, for the input

    chart = {"display_type": "line", "source_id": "s", "select": [{"agg_fn": "many"}]}
    tiles = [{..., "config": chart}]

1. Pydantic returns some 60 errors. Each has a type, a location (`loc`) and a message:

    enum           config  union[LineBuilder,LineRawSql]  LineBuilder  select  0  agg_fn
    missing        config  union[LineBuilder,LineRawSql]  LineRawSql   sqlTemplate
    literal_error  config  union[BarBuilder,BarRawSql]    BarBuilder   display_type
    ...

2. `_read` splits the location: `path` is the part that exists in the value (`config`), and `rest`
   begins with the names of variants.
3. `_of_meant_variants` groups the errors of a path by variant and keeps those of the variant with
   the smallest `_distance`. A `literal_error` in a direct field, such as `display_type`, shows that
   another variant was meant, so `LineBuilder` is nearest: it has no such error and only one other.
4. `_add` adds the message "tiles[0].config.select[0].agg_fn is 'many', allowed: avg, count, ...".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from resources.base.checker import Checker, is_known, whole_number

__all__ = ["check_shape", "check_value", "managed_part"]

Path = tuple[str | int, ...]

_LONGEST_SHOWN = 80
# Replaces a value that is not known yet. The value can be any string later, so it is never invalid.
_UNKNOWN = "(known later)"
_PLAIN_TYPES = ("str", "int", "float")
# The parts of Pydantic's messages that do not describe the valid values.
_PYDANTIC = re.compile(r"^Input should be |^\w+ should have | after validation, not \d+$")


class _Unknown(str):
    """Marks a value that is not known yet."""


@dataclass(frozen=True)
class _Problem:
    """One error of Pydantic.

    Attributes:
        path: keys and indexes in the value.
        rest: the names of variants that follow, and the location within them.
        kind: Pydantic's type of the error.
        allowed: the valid values, in words.
        expected: the valid values of an enum or a literal.
    """

    path: Path
    rest: Path
    kind: str
    allowed: str
    expected: str


def check_shape(
    checker: Checker, name: str, model: str, *, each: bool = False, whole: bool = True
) -> None:
    """Check a property against a model, and replace a valid value by the model's spelling.

    Args:
        model: the name of a request model or alias in `clickhouse_api.models`.
        each: whether the value is a list whose items must match `model`.
        whole: whether required fields must be present. An update of a part does not need them.
    """
    value = checker.inputs.get(name)
    if value is None:
        return
    if each and not isinstance(value, list):
        checker.reject(name, "a list")
        return
    known = is_known(value)
    items = value if each else [value]
    normal = []
    for index, item in enumerate(items):
        path: Path = (index,) if each else ()
        problems, spelled = _validated(model, _without_unknowns(item), path)
        normal.append(spelled)
        for problem in problems:
            if whole or problem.kind != "missing":
                _add(checker, name, value, problem)
        known = known and not problems
    # An unknown value is never compared with the API's, so it needs no normal form.
    if known and not checker.failures:
        checker.inputs[name] = normal if each else normal[0]


def check_value(
    checker: Checker, path: str, model: str, value: Any, *, sent: Any | None = None
) -> None:
    """Check one known nested value against a model.

    Args:
        path: its path in messages, for example `source.kafka`.
        model: the name of a request model or alias in `clickhouse_api.models`.
        sent: the value with placeholders for secrets, if it differs. Only `sent` is
            validated, and it is never shown.
    """
    problems, _ = _validated(model, value if sent is None else sent, ())
    for problem in problems:
        _add(checker, path, value, problem)


def managed_part(live: Any, wanted: Any) -> Any:
    """Return the part of a live value that the program sets, without the server's additions."""
    if isinstance(wanted, Mapping) and isinstance(live, Mapping):
        return {key: managed_part(live[key], value) for key, value in wanted.items() if key in live}
    if isinstance(wanted, list) and isinstance(live, list):
        inside = [managed_part(item, value) for item, value in zip(live, wanted, strict=False)]
        return inside + live[len(wanted) :]
    return whole_number(live)


def _validated(model: str, value: Any, path: Path) -> tuple[list[_Problem], Any]:
    """Return the problems of a value, and the value in the model's spelling if there are none."""
    from pydantic import TypeAdapter, ValidationError

    from clickhouse_api import models

    adapter = TypeAdapter(getattr(models, model))
    try:
        valid = adapter.validate_python(value)
    except ValidationError as error:
        found = [_read(detail, value, path) for detail in error.errors(include_url=False)]
        problems = _of_meant_variants(found)
        return [p for p in problems if not _is_unknown(value, p.path[len(path) :])], value
    return [], adapter.dump_python(valid, mode="json", exclude_unset=True)


def _read(detail: Mapping[str, Any], value: Any, path: Path) -> _Problem:
    """Convert an error of Pydantic, whose location mixes keys, indexes and names of variants."""
    inside, rest = _split(value, tuple(detail["loc"]), detail["type"] == "missing")
    expected = str(detail.get("ctx", {}).get("expected", "")).replace("'", "")
    message = _PYDANTIC.sub("", str(detail["msg"]))
    allowed = expected.replace(" or ", ", ") or message
    return _Problem((*path, *inside), rest, str(detail["type"]), allowed, expected)


def _split(value: Any, location: Path, missing: bool) -> tuple[Path, Path]:
    """Split a location into the part that exists in the value, and the rest from a variant on."""
    inside: list[str | int] = []
    for index, part in enumerate(location):
        last = index + 1 == len(location)
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part] if part < len(value) else None
        elif missing and last:
            part = _snake(str(part))
        else:
            return tuple(inside), location[index:]
        inside.append(part)
    return tuple(inside), ()


def _of_meant_variants(found: Sequence[_Problem]) -> list[_Problem]:
    """Return the problems outside variants, and for each path those of the meant variant."""
    problems = [problem for problem in found if not problem.rest]
    by_path: dict[Path, list[_Problem]] = defaultdict(list)
    for problem in found:
        if problem.rest:
            by_path[problem.path].append(problem)
    for path, inside in by_path.items():
        problems += _of_meant_variant(path, inside)
    return problems


def _of_meant_variant(path: Path, problems: Sequence[_Problem]) -> list[_Problem]:
    by_variant = _by_variant(path, problems)
    if all(len(each) == 1 and each[0].path == path for each in by_variant):
        # The variants are plain types, for example a string or a number.
        allowed = " or ".join(dict.fromkeys(each[0].allowed for each in by_variant))
        return [_Problem(path, (), "type", allowed, "")]
    candidates = [(_other_variant(each, path), _of_meant_variants(each)) for each in by_variant]
    others, nearest = min(candidates, key=lambda pair: _distance(pair[0], pair[1], path))
    if not others:
        return nearest
    # No variant was meant: the field that distinguishes them has an invalid value.
    choices = dict.fromkeys(problem.expected for each, _ in candidates for problem in each)
    allowed = ", ".join(choices)
    return [_Problem(others[0].path, (), "literal_error", allowed, allowed)]


def _by_variant(path: Path, problems: Sequence[_Problem]) -> list[list[_Problem]]:
    """Group problems by the names of variants at the beginning of their rest."""
    groups: dict[Path, list[_Problem]] = defaultdict(list)
    for problem in problems:
        start = _count(problem.rest, variants=True)
        names, inside = problem.rest[:start], problem.rest[start:]
        end = _count(inside, variants=False)
        longer = (*path, *map(_field, inside[:end]))
        groups[names].append(
            _Problem(longer, inside[end:], problem.kind, problem.allowed, problem.expected)
        )
    return list(groups.values())


def _count(location: Path, *, variants: bool) -> int:
    """Return how many parts at the beginning are names of variants, or how many are not."""
    return next(
        (index for index, part in enumerate(location) if _is_variant(part) is not variants),
        len(location),
    )


def _is_variant(part: str | int) -> bool:
    """Return whether a part of a location names a model, a union or a plain type.

    Names of fields begin with a small letter.
    """
    text = str(part)
    return text[:1].isupper() or "[" in text or text.removeprefix("constrained-") in _PLAIN_TYPES


def _field(part: str | int) -> str | int:
    return _snake(part) if isinstance(part, str) else part


def _other_variant(problems: Iterable[_Problem], path: Path) -> list[_Problem]:
    """Return the problems in direct fields which show that the program meant another variant."""
    direct = [problem for problem in problems if problem.path[:-1] == path and not problem.rest]
    return [problem for problem in direct if problem.kind == "literal_error"]


def _distance(
    others: Sequence[_Problem], problems: Sequence[_Problem], path: Path
) -> tuple[int, int, int]:
    """Return how far a value is from a variant. An invalid choice weighs more than other errors."""
    choices = [each for each in problems if each.kind == "enum" and each.path[:-1] == path]
    return len(others), len(choices), len(problems)


def _add(checker: Checker, name: str, value: Any, problem: _Problem) -> None:
    path = name + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in problem.path)
    shown = repr(_at(value, problem.path))
    if len(shown) > _LONGEST_SHOWN:
        shown = shown[:_LONGEST_SHOWN] + "…"
    if problem.kind == "missing":
        checker.fail(path, "is required")
    elif problem.kind == "extra_forbidden":
        # Without the value: under a mistyped name it may be a secret.
        checker.fail(path, "is not a field of the API")
    else:
        checker.fail(path, f"is {shown}, allowed: {problem.allowed}")


def _at(value: Any, path: Iterable[str | int]) -> Any:
    for part in path:
        if isinstance(value, Mapping):
            value = next((v for key, v in value.items() if part in (key, _snake(key))), None)
        else:
            value = value[part] if isinstance(value, list) and isinstance(part, int) else None
    return value


def _is_unknown(value: Any, path: Iterable[str | int]) -> bool:
    return isinstance(_at(value, path), _Unknown)


def _without_unknowns(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_unknowns(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without_unknowns(part) for part in value]
    return value if is_known(value) else _Unknown(_UNKNOWN)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
