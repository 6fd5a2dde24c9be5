"""The attributes of the spans of `span_app`, so that a test can compare what arrives."""

from __future__ import annotations

from collections.abc import Sequence

Value = str | bool | int | float | Sequence[str] | Sequence[int]


def attributes_of(number: int) -> dict[str, Value]:
    """Return the attributes of span `number`: all types, and strings that need escapes."""
    return {
        "number": number,
        "text": f"käse \"quoted\" \\ 'n' \n {number}",
        "empty": "",
        "flag": number % 2 == 0,
        "ratio": number / 8,
        "negative": -number,
        "words": ["a", "b c", str(number)],
        "numbers": [number, 2, 3],
    }


def rendered(number: int) -> dict[str, str]:
    """Return the attributes as the map that the Collector's ClickHouse exporter stores."""
    return {
        "number": str(number),
        "text": f"käse \"quoted\" \\ 'n' \n {number}",
        "empty": "",
        "flag": "true" if number % 2 == 0 else "false",
        "ratio": str(number / 8).removesuffix(".0"),
        "negative": str(-number),
        "words": f'["a","b c","{number}"]',
        "numbers": f"[{number},2,3]",
    }
