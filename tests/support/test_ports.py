"""Ports that tests hold while an engine is down."""

from __future__ import annotations

import socket

import pytest

from tests.support.ports import held_port


class Holder:
    """Represents an engine that is down."""


def test_only_the_holder_can_listen_on_a_held_port() -> None:
    """Between two starts of an engine, no other process gets its port."""
    holder = Holder()
    port = held_port(holder)
    for _start in range(2):
        with (
            socket.create_server(("127.0.0.1", port)) as server,
            socket.create_connection(("127.0.0.1", port)),
        ):
            server.accept()[0].close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", port))
    assert len({held_port(holder) for _ in range(200)} - {port}) == 200
