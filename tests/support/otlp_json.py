"""OTLP/JSON of a protobuf request, as other programs write it."""

from __future__ import annotations

import base64
import json
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

_IDS = {"traceId", "spanId", "parentSpanId"}


def json_from(request: Message, *, enum_numbers: bool = True, ascii_only: bool = False) -> bytes:
    """Return protobuf's own JSON with ids in hexadecimal, as OTLP/JSON requires.

    Args:
        enum_numbers: write enums as numbers, as OTLP/JSON requires; otherwise as names.
        ascii_only: escape all other characters.
    """
    document = MessageToDict(request, use_integers_for_enums=enum_numbers)
    return json.dumps(_with_hex_ids(document), ensure_ascii=ascii_only).encode()


def _with_hex_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_hex_ids(item) for item in value]
    if isinstance(value, dict):
        return {
            key: base64.b64decode(item).hex() if key in _IDS else _with_hex_ids(item)
            for key, item in value.items()
        }
    return value
