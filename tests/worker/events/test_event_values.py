"""Random JSON in events' metadata is returned unchanged by queries.

`metadata_text` returns every value as it was sent, with the numbers' spelling. `metadata`, which
ClickHouse's JSON type stores for queries by path, returns it except for the differences in
`as_queried`, which `worker/README.md` lists.
"""

from __future__ import annotations

import json
import math
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.access_binding import TOKEN, access_document, token_entry
from tests.support.clickhouse_server import ClickHouse
from tests.support.process import wait_until
from tests.support.product_events import NOW_SECONDS, event, post
from tests.support.worker_runtime import Worker, WorkerFactory

SEED = int(os.environ.get("EVENTS_SEED", "20261129"))
EVENTS = int(os.environ.get("EVENTS_RANDOM", "3000"))
BODY_EVENTS = 50
MAX_DEPTH = 4

STRINGS = [
    "",
    " ",
    "12345678",
    "2026-02-30",
    "2026-01-01",
    "2026-01-01 00:00:00",
    "2026-01-01T00:00:00.123Z",
    "20260101",
    "1970-05-23 21:21:18",
    "true",
    "null",
    "NaN",
    "0x1F",
    "1e400",
    "-0",
    "00:00:00",
    "127.0.0.1",
    "5b8efff7-9803-4103-a269-b633813fc60c",
    '{"a": 1}',
    "[1, 2]",
    'quote " backslash \\ slash /',
    "tab\tline\nreturn\r",
    "nul\0byte",
    "\ufefftext",
    "grün 🚀 \u2028",
    "half \ud800",
]
KEYS = ["a", "b", "c", "d", "", " ", "a.b", "a.b.c", "0", "10", "2026-01-01", "k\0", "é", "x\udfff"]
NUMBERS = [
    "0",
    "-0",
    "-0.0",
    "1",
    "-1",
    "1.0",
    "1.50",
    "9.90",
    "0.0",
    "12.10",
    "123456789.120",
    "0.10e1",
    "0.0000001",
    "0.5",
    "1e5",
    "1E+2",
    "1.5e300",
    "1e400",
    "-1e400",
    "1e-400",
    "5e-324",
    "9007199254740993",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "123456789012345678901234567890",
    "0.1234567890123456789",
    "1795246000.123456",
    "1795246000000",
]


def loads(text: str) -> Any:
    """Parse JSON with each number's spelling, in a tuple because no JSON value is one."""
    return json.loads(
        text, parse_int=lambda digits: (digits,), parse_float=lambda digits: (digits,)
    )


def random_json(rng: random.Random, depth: int = 0) -> str:
    """Return a JSON string with values of every type, in lists of one type and of several."""
    kinds = ["string", "number", "word", "list", "object"][: 5 if depth < MAX_DEPTH else 3]
    kind = rng.choice(kinds)
    if kind == "list":
        of_one_kind = rng.random() < 0.5
        make = rng.choice(LEAVES) if of_one_kind else lambda r: random_json(r, depth + 1)
        return f"[{', '.join(make(rng) for _item in range(rng.randrange(4)))}]"
    if kind == "object":
        return random_object(rng, depth + 1)
    return LEAVES[("string", "number", "word").index(kind)](rng)


def random_object(rng: random.Random, depth: int = 0) -> str:
    keys = rng.sample(KEYS, rng.randrange(5))
    fields = (f"{json.dumps(key)}: {random_json(rng, depth)}" for key in keys)
    return f"{{{', '.join(fields)}}}"


def random_wide_object(rng: random.Random) -> str:
    """Return an object of 30 KB with 33 of 300 keys. Objects in lists have separate types."""
    keys = rng.sample(range(300), 33)
    fields = (f'"k{key}": {random_json(rng, 1)}' for key in keys)
    return f'{{"pad": "{"x" * 30_000}", {", ".join(fields)}}}'


def _string(rng: random.Random) -> str:
    return json.dumps(rng.choice(STRINGS))


def _number(rng: random.Random) -> str:
    kind = rng.choice(["listed", "listed", "integer", "double", "decimal", "decimal"])
    if kind == "listed":
        return rng.choice(NUMBERS)
    if kind == "integer":
        return _integer(rng)
    if kind == "double":
        exponent = rng.randrange(-324, 309)
        return f"{rng.choice(['', '-'])}{rng.randrange(1, 10)}.{rng.randrange(10**16)}e{exponent}"
    return _decimal(rng)


def _decimal(rng: random.Random) -> str:
    decimals = "".join(rng.choices("0000123456789", k=rng.randrange(1, 8)))
    exponent = rng.choice(["", "", "", "e1", "E+2", "e-3"])
    return f"{rng.choice(['', '-'])}{rng.randrange(1000)}.{decimals}{exponent}"


def _integer(rng: random.Random) -> str:
    """Return 1 to 400 digits. Half of the results are doubles that JavaScript prints as sent."""
    length = rng.choice([rng.randrange(15, 24), rng.randrange(1, 401)])
    digits = rng.randrange(10 ** (length - 1), 10**length)
    if rng.random() < 0.5:
        first = rng.randrange(1, 1_000)
        digits = first * 10**length if length < 300 else first << length
        digits = int(float(digits)) if digits < 10**300 else digits
    return f"{rng.choice(['', '-'])}{digits}"


def _word(rng: random.Random) -> str:
    return rng.choice(["true", "false", "null"])


LEAVES: list[Callable[[random.Random], str]] = [_string, _number, _word]


def sent_in_several_bodies(worker: Worker, metadata: list[str]) -> None:
    """Send from several senders, so that batches contain events of all senders."""
    template = json.dumps(event(metadata=0, timestamp=NOW_SECONDS))
    for start in range(0, len(metadata), BODY_EVENTS):
        events = [
            template.replace('"u1"', f'"{number}"').replace('"metadata": 0', f'"metadata": {text}')
            for number, text in enumerate(metadata[start : start + BODY_EVENTS], start)
        ]
        answer = post(worker, "/events/bulk", f"[{', '.join(events)}]".encode())
        assert answer.status == 200
        assert json.loads(answer.body)["rejected"] == 0, answer.body


def queried(clickhouse: ClickHouse) -> dict[int, tuple[str, Pairs]]:
    """Return the metadata by user, as a string and as its paths."""
    lines = clickhouse.query(
        "SELECT user_id, metadata_text, metadata FROM telemetry.events_once FORMAT JSONEachRow",
        output_format_json_quote_64bit_integers="0",
        output_format_json_quote_denormals="1",
    )
    rows = (json.loads(line, object_pairs_hook=Pairs) for line in lines.splitlines())
    return {int(fields[0][1]): (fields[1][1], fields[2][1]) for fields in rows}


class Pairs(list[tuple[str, Any]]):
    """A JSON object; ClickHouse prints `a` twice where `a` and `a.b` are both paths."""


def paths(pairs: Pairs, prefix: str = "") -> dict[str, Any]:
    """Return the values of an object by path, as the JSON type stores them."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        path = well_formed(prefix + key)
        if isinstance(value, Pairs):
            for inner, item in paths(value, f"{path}.").items():
                found.setdefault(inner, item)
        elif (item := as_queried(value)) is not None:
            found.setdefault(path, item)
    return found


def as_queried(value: Any) -> Any:
    """Return a value as the JSON type stores it."""
    if isinstance(value, Pairs):
        return paths(value)
    if isinstance(value, list):
        return [as_queried_in_list(item) for item in value]
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    is_wide = type(value) is int and not -(2**63) <= value < 2**64
    return as_double(value) if is_wide else value


def as_double(value: int) -> float | None:
    return float(value) if abs(value) < 2**1024 - 2**970 else None


def as_queried_in_list(item: Any) -> Any:
    """Return an item of a list: numbers may be doubles, and null an empty list or object."""
    found = as_queried(item)
    if found in ([], {}):
        return None
    return float(found) if type(found) is int else found


def are_equal(found: Any, expected: Any) -> bool:
    """Compare values, because ClickHouse prints doubles below 1e21 with different last digits."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return found.keys() == expected.keys() and all(
            are_equal(found[key], expected[key]) for key in expected
        )
    if isinstance(expected, list) and isinstance(found, list):
        return len(found) == len(expected) and all(map(are_equal, found, expected))
    is_double = type(expected) is float and type(found) is int
    return bool((float(found) if is_double else found) == expected)


def well_formed(text: str) -> str:
    """Return the text with a replacement character for each half surrogate pair."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def test_queries_return_every_value_as_it_was_sent(clickhouse: ClickHouse, worker: Worker) -> None:
    """A batch has many events with random metadata, so that different types of a path meet."""
    rng = random.Random(SEED)
    metadata = [random_object(rng) for _event in range(EVENTS)]
    sent_in_several_bodies(worker, metadata)
    wait_until("drained", worker.is_drained, log_of=worker.process)
    assert worker.stored("SELECT error FROM dead_letters") == []
    rows = queried(clickhouse)
    assert len(rows) == EVENTS
    for number, sent in enumerate(metadata):
        text, typed = rows[number]
        assert loads(text) == loads(sent), (SEED, number, sent)
        expected = paths(json.loads(sent, object_pairs_hook=Pairs))
        assert are_equal(paths(typed), expected), (SEED, number, sent, paths(typed))


WIDE = [100000000000000000000, 20000000000000000000, 500000000000000000000, 2**64, -(2**63) - 2048]


@pytest.mark.parametrize("other", ['"pro"', "1e9", '"\\ud800"', "18446744073709551616"])
def test_integers_of_twenty_digits_are_doubles_to_queries(
    clickhouse: ClickHouse, worker: Worker, other: str
) -> None:
    """This includes integers that JavaScript prints as sent, in any event and batch."""
    texts = [f'{{"wei":{wide},"other":{other}}}' for wide in WIDE]
    texts += [f'{{"list":[{wide},1.5]}}' for wide in WIDE]
    events = [f'{{"event_name":"n","metadata":{text}}}' for text in texts]
    assert post(worker, "/events/bulk", f"[{','.join(events)}]".encode()).status == 200
    wait_until("drained", worker.is_drained, log_of=worker.process)
    assert worker.stored("SELECT error FROM dead_letters") == []
    rows = clickhouse.query("SELECT metadata_text FROM telemetry.events ORDER BY received_at")
    assert rows.splitlines() == [text.replace("\\", "\\\\") for text in texts]
    typed = clickhouse.query(
        "SELECT metadata.wei::Nullable(Float64), isNotNull(metadata.other) "
        "FROM telemetry.events ORDER BY received_at FORMAT JSONCompactEachRow"
    )
    found = [json.loads(line) for line in typed.splitlines()]
    assert [float(row[0]) for row in found[: len(WIDE)]] == [float(wide) for wide in WIDE]
    assert all(row[1] for row in found[: len(WIDE)])


MAX_PART_FILES = 100


def test_random_metadata_makes_few_files_and_the_first_event_wins_after_merges(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Two tokens send the same ids. One part has few files for any paths and types."""
    access = access_document(token_entry("second", name="second"))
    worker = make_worker(clickhouse_url=clickhouse.url, access=access)
    rng = random.Random(SEED)
    metadata = [random_wide_object(rng) for _event in range(300)]
    for token, sent in ((TOKEN, metadata), ("second", metadata[::-1])):
        for start in range(0, len(sent), 2 * BODY_EVENTS):
            events = [
                f'{{"event_name":"e","event_id":"{number}","user_id":"{token}","metadata":{text}}}'
                for number, text in enumerate(sent[start : start + 2 * BODY_EVENTS], start)
            ]
            body = f"[{','.join(events)}]".encode()
            answer = post(worker, "/events/bulk", body, authorization=f"Bearer {token}")
            assert (answer.status, json.loads(answer.body)["rejected"]) == (200, 0)
        wait_until("drained", worker.is_drained, seconds=120, log_of=worker.process)
    assert worker.stored("SELECT error FROM dead_letters") == []
    clickhouse.query("OPTIMIZE TABLE telemetry.events FINAL")
    rows = clickhouse.query(
        "SELECT event_id, user_id, metadata_text FROM telemetry.events FORMAT JSONEachRow"
    )
    found = {row["event_id"]: row for row in map(json.loads, rows.splitlines())}
    assert len(rows.splitlines()) == len(found) == len(metadata)
    for number, text in enumerate(metadata):
        row = found[str(number)]
        assert (row["user_id"], loads(row["metadata_text"])) == (TOKEN, loads(text))
    # The part exceeds the 10 MiB from which ClickHouse by default writes a file for every column.
    parts = (
        "SELECT path FROM system.parts WHERE active AND table = 'events' "
        "AND data_uncompressed_bytes > 10485760"
    )
    (path,) = clickhouse.query(parts).splitlines()
    assert len(list(Path(path).iterdir())) < MAX_PART_FILES


@pytest.mark.parametrize("number", ["9.90", "1.0", "0.0", "12.10", "-0", "1E5", "0.10e1", "1e-7"])
def test_the_only_number_of_a_body_keeps_its_spelling(
    clickhouse: ClickHouse, worker: Worker, number: str
) -> None:
    """No other number of the body makes the worker preserve spellings."""
    texts = [f'{{"a":{number}}}', f'{{"a":[{number}]}}', f'{{"a":{{"b":[[{number},"x"]]}}}}']
    for text in texts:
        body = f'{{"event_name":"number","metadata":{text}}}'.encode()
        assert post(worker, "/events", body).status == 200
    wait_until("drained", worker.is_drained, log_of=worker.process)
    rows = clickhouse.query("SELECT metadata_text FROM telemetry.events ORDER BY received_at")
    assert rows.splitlines() == texts


def test_a_field_present_twice_has_one_value(clickhouse: ClickHouse, worker: Worker) -> None:
    """A field may be in the event and in the metadata. Numbers are equal by value, objects in any
    order of keys.
    """
    deep = "[" * 20_000 + "]" * 20_000
    equal = [
        ("1e0", "1"),
        ("0.10e1", "1.0"),
        ("-0", "0e5"),
        ("1e20", "100000000000000000000"),
        ("1.5e-7", "0.00000015"),
        ('{"x":1,"y":[2,{"z":null}]}', '{"y":[2e0,{"z":null}],"x":1}'),
        ('"a"', '"\\u0061"'),
        ("[]", "[ ]"),
    ]
    different = [
        ("9007199254740993", "9007199254740992"),
        ("1e400", "1e401"),
        ("1", "-1"),
        ("1", '"1"'),
        ("0", "null"),
        ("0", "false"),
        ("[1,2]", "[1]"),
        ("[]", "{}"),
        ('{"x":1}', '{"y":1}'),
        ('{"x":1}', '{"x":1,"y":1}'),
        ("1", deep),
        (deep[:30_000], deep[:30_000]),
    ]
    for status, pairs in ((200, equal), (400, different)):
        for one, other in (*pairs, *(pair[::-1] for pair in pairs)):
            body = f'{{"event_name":"e","a":{one},"metadata":{{"a":{other}}}}}'
            answer = post(worker, "/events", body.encode())
            assert answer.status == status, (body[:100], answer)
    wait_until("drained", worker.is_drained, log_of=worker.process)
    assert clickhouse.count("events") == 2 * len(equal)
