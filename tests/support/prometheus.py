"""A strict parser of Prometheus's text format 0.0.4: it rejects input that lenient parsers accept.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_TEXT = r'"((?:[^"\\\n]|\\["\\n])*)"'
_LABEL = re.compile(rf"([a-zA-Z_][a-zA-Z0-9_]*)={_TEXT}(,|$)")
_SAMPLE = re.compile(rf"({_NAME})(?:{{(.*)}})? (-?[0-9.]+(?:e[+-]?[0-9]+)?)")
_ENDS = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}

Samples = dict[str, dict[tuple[tuple[str, str], ...], float]]
"""Name of a sample → its labels in alphabetical order → value."""


def parse(text: str) -> Samples:
    """Return all samples; fail on the first line that is invalid at its position."""
    assert text.endswith("\n")
    samples: Samples = {}
    types: dict[str, str] = {}
    family = ""
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            family, _, told = line.removeprefix("# HELP ").partition(" ")
            assert re.fullmatch(_NAME, family)
            assert told
            assert family not in types, f"{family} comes twice"
        elif line.startswith("# TYPE "):
            name, type_ = line.removeprefix("# TYPE ").split(" ")
            assert name == family, "TYPE does not follow its HELP"
            assert type_ in _ENDS
            assert (type_ == "counter") == name.endswith("_total")
            types[name] = type_
        else:
            name, labels, value = _sample(line)
            assert name.removeprefix(family) in _ENDS[types[family]], f"{name} under {family}"
            series = samples.setdefault(name, {})
            assert labels not in series, f"twice: {line}"
            series[labels] = value
    for name in (name for name, type_ in types.items() if type_ == "histogram"):
        _check_histogram(samples, name)
    return samples


def _sample(line: str) -> tuple[str, tuple[tuple[str, str], ...], float]:
    match = _SAMPLE.fullmatch(line)
    assert match, f"not a sample: {line}"
    name, inside, value = match.groups()
    labels: dict[str, str] = {}
    at = 0
    while inside and at < len(inside):
        label = _LABEL.match(inside, at)
        assert label, f"not labels: {line}"
        assert label[1] not in labels
        labels[label[1]] = label[2]
        at = label.end()
    return name, tuple(sorted(labels.items())), float(value)


def _check_histogram(samples: Samples, name: str) -> None:
    """Check that buckets increase up to `+Inf`, which equals the count, and that a sum exists."""
    counts = samples.get(f"{name}_count", {})
    assert counts.keys() == samples.get(f"{name}_sum", {}).keys()
    buckets: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = {}
    for labels, value in samples.get(f"{name}_bucket", {}).items():
        le = float(dict(labels)["le"].replace("+Inf", "inf"))
        rest = tuple(label for label in labels if label[0] != "le")
        buckets.setdefault(rest, []).append((le, value))
    assert buckets.keys() == counts.keys()
    for labels, found in buckets.items():
        assert found == sorted(found), f"{name}{labels}: {found}"
        assert [value for _, value in found] == sorted(value for _, value in found)
        assert found[-1] == (float("inf"), counts[labels])


def value_of(samples: Samples, name: str, **labels: str) -> float:
    """Return the sum of all samples that have these labels and perhaps others; 0 if none has."""
    wanted: Mapping[str, str] = labels
    return sum(
        value
        for found, value in samples.get(name, {}).items()
        if wanted.items() <= dict(found).items()
    )
