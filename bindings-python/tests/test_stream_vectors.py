"""Every vector of streams, through every way a stream can be handed over."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from conftest import vectors
from objects import plain_objects, slotted_objects

import bearlumen


def pieces(text: str) -> list[bytes]:
    content = text.encode()
    return [content[at : at + 7] for at in range(0, len(content), 7)]


def server_sent(chunks: list[Any]) -> str:
    return "".join(f"data: {json.dumps(chunk)}\r\n\r\n" for chunk in chunks)


def unwrapped(chunks: list[Any]) -> list[Any]:
    """What an SDK makes of bytes that travel as base64."""

    def unwrap(chunk: Any) -> Any:
        inner = chunk.get("chunk") if isinstance(chunk, dict) else None
        return {"chunk": {"bytes": base64.b64decode(inner["bytes"])}} if inner and "bytes" in inner else chunk

    return [unwrap(chunk) for chunk in chunks]


OF_TEXT = {
    "text": lambda text: text,
    "bytes": str.encode,
    "bytearray": lambda text: bytearray(text.encode()),
    "pieces": pieces,
    "letters": list,
}
OF_CHUNKS = {
    "dicts": unwrapped,
    "generator": lambda chunks: (chunk for chunk in unwrapped(chunks)),
    "objects": lambda chunks: map(plain_objects, chunks),
    "slotted_objects": lambda chunks: map(slotted_objects, chunks),
    "server_sent_text": server_sent,
    "server_sent_pieces": lambda chunks: pieces(server_sent(chunks)),
}


def vectors_in_each_form() -> list[Any]:
    cases = []
    for vector in vectors("streams"):
        (content,) = vector.values
        stream = content["input"]["stream"]
        for form, make in (OF_TEXT if isinstance(stream, str) else OF_CHUNKS).items():
            # As objects its bytes come decoded, and in dictionaries.
            if vector.id == "bedrock_invoke_base64" and "objects" in form:
                continue
            cases.append(pytest.param(content, make, id=f"{vector.id}-{form}"))
    return cases


@pytest.mark.parametrize(("vector", "make"), vectors_in_each_form())
def test_cost_of_stream(vector: dict[str, Any], make: Any) -> None:
    given, expect = vector["input"], vector["expect"]
    chunks = make(given["stream"])
    hints = {name: given[name] for name in ("provider", "model", "url") if name in given}
    if "error" in expect:
        with pytest.raises(bearlumen.InvalidRequestError) as raised:
            bearlumen.cost_of_stream(chunks, timestamp=given["at"], **hints)
        assert raised.value.message == expect["error"]
    else:
        assert bearlumen.cost_of_stream(chunks, timestamp=given["at"], **hints) == expect


@pytest.mark.parametrize(("vector", "make"), vectors_in_each_form())
def test_track_says_what_cost_of_stream_says(vector: dict[str, Any], make: Any, make_client: Any) -> None:
    given, expect = vector["input"], vector["expect"]
    chunks = make(given["stream"])
    if isinstance(chunks, (str, bytes, bytearray)):
        chunks = [chunks]  # a text of its own is a response
    hints = {name: given[name] for name in ("provider", "model", "url") if name in given}
    passed = list(chunks)
    stream = make_client().track(iter(passed), timestamp=given["at"], **hints)
    assert [chunk is sent for chunk, sent in zip(stream, passed)] == [True] * len(passed)
    result = stream.result
    if "error" in expect:
        assert result.incomplete and result.warnings[0].message == expect["error"]
        return
    assert (result.provider, result.model) == (expect["provider"], expect["model"])
    assert (result.usage, result.cost, result.incomplete) == (expect["usage"], expect["cost"], expect["incomplete"])
    assert result.warnings[: len(expect["warnings"])] == expect["warnings"]
