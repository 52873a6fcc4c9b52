"""What `cost_of` and `cost_of_stream` take beside what the vectors hold."""

from __future__ import annotations

from typing import Any, Iterator

import anthropic.types
import openai.types.chat
import pytest
from responses import openai_chat

import bearlumen

AT = "2026-11-20T12:00:00Z"
CHUNKS: list[dict[str, Any]] = [
    {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1763632800,
        "model": "gpt-4o-2024-08-06",
        "choices": [{"index": 0, "delta": {"content": "short waves"}, "finish_reason": "stop"}],
    },
    {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1763632800,
        "model": "gpt-4o-2024-08-06",
        "choices": [],
        "usage": {"prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29},
    },
]
EVENTS: list[tuple[Any, dict[str, Any]]] = [
    (
        anthropic.types.RawMessageStartEvent,
        {
            "type": "message_start",
            "message": {
                "id": "msg_01Bear5Lumen7Example9Message2",
                "type": "message",
                "role": "assistant",
                "model": "claude-sonnet-4-6",
                "content": [],
                "usage": {"input_tokens": 2068, "cache_read_input_tokens": 500, "output_tokens": 2},
            },
        },
    ),
    (
        anthropic.types.RawMessageDeltaEvent,
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 900}},
    ),
    (anthropic.types.RawMessageStopEvent, {"type": "message_stop"}),
]


def test_chunk_objects_of_openai_cost_what_their_bodies_cost() -> None:
    objects = [openai.types.chat.ChatCompletionChunk.construct(**chunk) for chunk in CHUNKS]
    answer = bearlumen.cost_of_stream(objects, timestamp=AT)
    assert answer == bearlumen.cost_of_stream(CHUNKS, timestamp=AT)
    assert (answer.totals.input_tokens, answer.totals.output_tokens, answer.incomplete) == (19, 10, False)


def test_event_objects_of_anthropic_cost_what_their_bodies_cost() -> None:
    answer = bearlumen.cost_of_stream((make.construct(**body) for make, body in EVENTS), timestamp=AT)
    assert answer == bearlumen.cost_of_stream([body for _, body in EVENTS], timestamp=AT)
    assert (answer.totals.input_tokens, answer.totals.output_tokens, answer.incomplete) == (2568, 900, False)


def test_the_text_of_a_chunk_is_not_looked_at() -> None:
    class Delta:
        @property
        def content(self) -> str:
            raise AssertionError("the text was read")

    first = {**CHUNKS[0], "choices": [{"index": 0, "delta": Delta(), "finish_reason": "stop"}]}
    assert bearlumen.cost_of_stream([first, CHUNKS[1]]).totals.total_tokens == 29


def test_what_the_stream_raises_is_raised() -> None:
    def broken() -> Iterator[object]:
        yield CHUNKS[0]
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        bearlumen.cost_of_stream(broken())


def test_an_interrupt_while_a_chunk_is_read_ends_it() -> None:
    class Chunk:
        @property
        def usage(self) -> object:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bearlumen.cost_of_stream([Chunk(), *CHUNKS])


@pytest.mark.parametrize("odd", [None, 5, [1], "\ud800", {"chunk": {"bytes": b"no JSON"}}], ids=repr)
def test_a_chunk_that_cannot_be_read_is_a_warning(odd: object) -> None:
    answer = bearlumen.cost_of_stream([odd, *CHUNKS])
    assert answer.totals.total_tokens == 29
    assert [warning.code for warning in answer.warnings] == ["unreadable_chunk"]


@pytest.mark.parametrize("odd", [None, 5, {"chunks": CHUNKS}, object()], ids=["none", "number", "dict", "object"])
def test_what_is_no_stream_is_refused(odd: Any) -> None:
    with pytest.raises(bearlumen.InvalidRequestError, match="iterable") as raised:
        bearlumen.cost_of_stream(odd)
    assert raised.value.code == "validation_error"


def test_headers_say_who_answered() -> None:
    body = openai_chat(model="llama-3.3-70b-versatile")
    assert bearlumen.cost_of(body).confidence != "certain"
    found = bearlumen.cost_of(body, headers={"X-Groq-Region": "us-west-1", "Date": "today"})
    assert (found.provider, found.confidence) == ("groq", "certain")


def test_headers_count_what_the_body_does_not() -> None:
    headers = {"x-amzn-bedrock-input-token-count": "30", "x-amzn-bedrock-output-token-count": "12"}
    answer = bearlumen.cost_of({"generation": "x"}, model="meta.llama3-8b-instruct-v1:0", headers=headers)
    assert (answer.provider, answer.totals.input_tokens, answer.totals.output_tokens) == ("bedrock", 30, 12)


@pytest.mark.parametrize("odd", [5, "x-groq-region", {"x-groq-region": 1}, [("x", "y", "z")]], ids=repr)
def test_headers_that_are_no_mapping_of_texts_are_refused(odd: Any) -> None:
    with pytest.raises(bearlumen.InvalidRequestError, match="headers"):
        bearlumen.cost_of(openai_chat(), headers=odd)


def test_what_the_provider_charged_stands_beside_what_it_should_cost() -> None:
    charged = openai_chat(model="openai/gpt-4o", provider="OpenAI")
    charged["usage"]["cost"] = 0.25
    answer = bearlumen.cost_of(charged, provider="openrouter")
    assert (answer.cost.amount, answer.cost.basis) == (0.25, "reported")
    assert answer.computed_cost is not None and answer.computed_cost.basis != "reported"
    assert bearlumen.cost_of(openai_chat()).computed_cost is None
