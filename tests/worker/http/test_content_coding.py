"""Bodies in every content coding that clients use are decoded whole and never fail a batch."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import zlib
from collections.abc import Callable

import pytest
from backports import zstd

from tests.support.access_binding import TOKEN
from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_spans import START_UNIX_NANO, export_bytes
from tests.support.paths import ROOT
from tests.support.process import wait_until
from tests.support.worker_runtime import Worker

MIB = 1024 * 1024
SKIPPABLE = bytes.fromhex("502a4d18") + (3).to_bytes(4, "little") + b"abc"


def raw_deflate(body: bytes) -> bytes:
    """Compress without zlib's header and checksum around the data, as some clients do."""
    return zlib.compress(body)[2:-4]


def zstd_with(**parameters: int) -> Callable[[bytes], bytes]:
    """Return a compressor with some parameters set, by their names in `zstd.h`."""
    options: dict[int, int] = {
        zstd.CompressionParameter[name]: value for name, value in parameters.items()
    }
    return lambda body: zstd.compress(body, options=options)


def zstd_stream(body: bytes) -> bytes:
    """Compress as the Collector does: the frame does not contain its length."""
    compressor = zstd.ZstdCompressor()
    half = len(body) // 2
    return compressor.compress(body[:half]) + compressor.compress(body[half:]) + compressor.flush()


FORMS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "gzip of empty members around one": (
        "gzip",
        lambda body: gzip.compress(b"") * 50 + gzip.compress(body) + gzip.compress(b"") * 50,
    ),
    "gzip of empty members before one": (
        "gzip",
        lambda body: gzip.compress(b"") * 50_000 + gzip.compress(body),
    ),
    "gzip of two members": ("gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:])),
    "zlib": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "zstd": ("zstd", zstd.compress),
    "zstd with a checksum": ("zstd", zstd_with(checksum_flag=1)),
    "zstd without its length": ("zstd", zstd_with(content_size_flag=0)),
    "zstd of a high level": ("zstd", zstd_with(compression_level=19)),
    "zstd of a fast level": ("zstd", zstd_with(compression_level=-5)),
    "zstd as a stream": ("zstd", zstd_stream),
    "zstd of two frames": ("zstd", lambda body: zstd.compress(body[:9]) + zstd.compress(body[9:])),
    "zstd between skippable frames": (
        "zstd",
        lambda body: SKIPPABLE + zstd.compress(body) + SKIPPABLE,
    ),
    "zstd after an empty frame": ("zstd", lambda body: zstd.compress(b"") + zstd.compress(body)),
    "identity": ("identity", bytes),
}


def test_bodies_in_every_coding_arrive_in_one_batch_each(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """Bodies of one kind and form are one insert, in which they are concatenated."""
    for number, (name, (coding, compress)) in enumerate(FORMS.items()):
        for again in range(2):
            body = compress(export_bytes(20, seed=2 * number + again))
            answer = worker.post_traces(body, content_encoding=coding)
            assert answer.status == 200, (name, answer)
    wait_until("drained", worker.is_drained, log_of=worker.process)
    assert worker.stored("SELECT error FROM dead_letters") == []
    assert clickhouse.count("otel_traces") == 2 * 20 * len(FORMS)
    assert worker.process.log.count("split") == 0


def test_events_are_decoded_from_every_coding(clickhouse: ClickHouse, worker: Worker) -> None:
    """The same function decodes events and telemetry."""
    for number, (name, (coding, compress)) in enumerate(FORMS.items()):
        if "empty members" in name:
            continue  # over an event's limit as sent
        event = b'{"event_name":"view","user_id":"%d","timestamp":%d}' % (
            number,
            START_UNIX_NANO // 10**9,
        )
        answer = worker.request(
            "POST",
            "/events",
            compress(event),
            authorization=f"Bearer {TOKEN}",
            content_type="application/json",
            content_encoding=coding,
        )
        assert answer.status == 200, (name, answer)
    wait_until("drained", worker.is_drained)
    assert clickhouse.count("events") == len(FORMS) - 2


TRAILERS = {
    "a zero": b"\x00",
    "zeros": bytes(600),
    "words": b"trailing",
    "the start of a gzip member": b"\x1f\x8b",
    "the start of a zstd frame": bytes.fromhex("28b52ffd"),
    "a skippable frame that is cut off": SKIPPABLE[:-1],
}


@pytest.mark.parametrize("name", [name for name in FORMS if name != "identity"])
def test_bytes_after_the_end_of_a_body_are_rejected(
    worker_without_clickhouse: Worker, name: str
) -> None:
    """The bytes include some that equal gzip's length field."""
    coding, compress = FORMS[name]
    body = export_bytes(20, seed=1)
    lengths = [b"\x00" + len(body).to_bytes(4, "little"), b"\x00" + compress(body)[-8:]]
    for trailer in [*TRAILERS.values(), *lengths]:
        answer = worker_without_clickhouse.post_traces(
            compress(body) + trailer, content_encoding=coding
        )
        assert answer.status == 400, (trailer, answer)
    assert worker_without_clickhouse.stored("SELECT count(*) FROM chunks") in ([], [(0,)])


def test_zstd_bombs_are_rejected(worker_without_clickhouse: Worker) -> None:
    """The bombs are one frame, many frames, very many empty frames, and a window of 128 MiB."""
    zeros = zstd.compress(bytes(16 * MIB))
    window = zstd_with(window_log=27, compression_level=1, content_size_flag=0)(bytes(20))
    for name, (bomb, status) in {
        "one frame": (zstd.compress(bytes(1024 * MIB)), 413),
        "many frames": (zeros * 64, 413),
        "frames of nothing": (zstd.compress(b"") * 100_000, 400),
        "skippable frames": (SKIPPABLE * 100_000, 400),
        "a window": (window, 400),
    }.items():
        assert len(bomb) < 2 * MIB, name
        answer = worker_without_clickhouse.post_traces(bomb, content_encoding="zstd")
        assert answer.status == status, (name, answer)
    assert worker_without_clickhouse.post_traces(export_bytes(1, seed=1)).status == 200


def test_another_coding_gets_a_response_that_says_which_are_decoded(
    worker_without_clickhouse: Worker,
) -> None:
    """The response explains how to configure an OpenTelemetry SDK for one of them."""
    for coding in ("br", "gzip, gzip", "snappy", "x" * 60_000):
        answer = worker_without_clickhouse.post_traces(b"", content_encoding=coding)
        assert answer.status == 415
        for words in (b"gzip, zstd, deflate or identity", b"OTEL_EXPORTER_OTLP_COMPRESSION=gzip"):
            assert words in answer.body


def test_the_sdk_for_python_can_be_configured_to_send_deflate(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """The example's span arrives; its exporter would drop a batch that gets a 415."""
    environment = {
        **os.environ,
        "OTEL_EXPORTER_OTLP_COMPRESSION": "deflate",
        "INGEST_URL": f"http://127.0.0.1:{worker.port}",
        "INGEST_TOKEN": TOKEN,
    }
    command = [sys.executable, "examples/send_span.py"]
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    wait_until("drained", worker.is_drained)
    assert clickhouse.count("otel_traces") == 1, result.stderr
