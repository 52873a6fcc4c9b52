"""Whatever is handed to track(), the caller's request goes on, and the event is counted."""

from __future__ import annotations

import math
import sys
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, List
from unittest.mock import MagicMock

import pytest
from responses import anthropic_message, openai_chat

import bearlumen


class Raising:
    """Every property raises."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


class Obliging:
    """Every property is there, and has every property."""

    asked: List[str] = []

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        return Obliging()


class HalfRaising:
    """One property raises, the others answer."""

    model = "gpt-4o"

    @property
    def id(self) -> str:
        raise ValueError("no id today")

    @property
    def usage(self) -> dict[str, int]:
        return {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}


class HostileDict(dict):  # type: ignore[type-arg]
    def __getitem__(self, key: object) -> Any:
        raise RuntimeError("no")

    def get(self, *_: object) -> Any:
        raise RuntimeError("no")


class HostileKey:
    def __hash__(self) -> int:
        return hash("usage")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")


def deep(depth: int, wrap: Any) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = wrap(value)
    return value


def cyclic() -> dict[str, Any]:
    response = openai_chat()
    response["choices"].append(response)
    response["usage"]["prompt_tokens_details"] = response["usage"]
    return response


class Plain:
    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


GARBAGE: dict[str, Any] = {
    "a number": 5,
    "a bool": True,
    "nan": math.nan,
    "an empty text": "",
    "a text": "hello",
    "text that is half JSON": '{"usage": {',
    "text with a lone surrogate": '{"model": "\ud800"}',
    "bytes": b"\xff\xfe",
    "a bytearray": bytearray(b"{}"),
    "an empty dict": {},
    "a list": [openai_chat()],
    "a tuple": (1, 2),
    "a set": {1},
    "an object": object(),
    "a class": Plain,
    "a module": sys,
    "a function": deep,
    "a mock": MagicMock(),
    "what has every field": Obliging(),
    "raising properties": Raising(),
    "a hostile dict": HostileDict(openai_chat()),
    "a hostile key": {HostileKey(): 1, "model": "gpt-4o"},
    "keys that are no text": {1: 2, None: 3, b"usage": 4},
    "None everywhere": openai_chat(id=None, model=None, usage=None, choices=None),
    "None counts": openai_chat(usage={"prompt_tokens": None, "completion_tokens": None}),
    "text counts": openai_chat(usage={"prompt_tokens": "many", "completion_tokens": []}),
    "negative counts": openai_chat(usage={"prompt_tokens": -1, "completion_tokens": -5}),
    "huge counts": openai_chat(usage={"prompt_tokens": 10**400, "completion_tokens": 2**64}),
    "nan counts": openai_chat(usage={"prompt_tokens": math.nan, "completion_tokens": math.inf}),
    "usage of a wrong type": openai_chat(usage="lots"),
    "usage that raises": openai_chat(usage=Raising()),
    "a model that is no text": openai_chat(model={"name": "gpt"}),
    "10,000 deep dicts": deep(10_000, lambda inner: {"usage": inner, "choices": [inner]}),
    "10,000 deep objects": deep(10_000, lambda inner: Plain(usage=inner, choices=(inner,))),
    "10,000 deep JSON": '{"junk":' + "[" * 10_000 + "]" * 10_000 + "}",
    "a response that holds itself": cyclic(),
    "a million choices": openai_chat(choices=[{"index": 0}] * 1_000_000),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_any_response_is_one_event(name: str, make_client: Any) -> None:
    client = make_client()
    result = client.track(GARBAGE[name], user_id="user_1")
    assert result.event_id.startswith("evt_")
    assert result.cost.amount is None or result.cost.amount >= 0
    stats = client.flush()
    assert (stats.tracked, stats.sent, stats.dropped, stats.pending) == (1, 1, 0, 0)


def test_an_unreadable_response_is_unpriced_with_the_reason(make_client: Any) -> None:
    result = make_client().track("not json")
    assert result.cost.amount is None and result.cost.basis == "unpriced"
    assert "unreadable_response" in [warning.code for warning in result.warnings]


def test_a_response_of_more_values_than_any_has_is_refused_rather_than_read_in_part() -> None:
    with pytest.raises(bearlumen.InvalidRequestError, match="more than 100000 values"):
        bearlumen.cost_of(GARBAGE["a million choices"])


def test_a_mock_says_what_was_set_up_and_nothing_is_made_up() -> None:
    response = MagicMock(model="gpt-4o")
    response.usage.prompt_tokens = 100
    response.usage.completion_tokens = 10
    assert response.choices[0].message.content is not None
    call = bearlumen.cost_of(response)
    assert (call.model, call.totals.input_tokens, call.totals.output_tokens) == ("gpt-4o", 100, 10)
    assert "object" not in response._mock_children


def test_what_has_every_field_is_asked_for_few() -> None:
    asked = Obliging.asked = []
    with pytest.raises(bearlumen.InvalidRequestError, match="no known provider format"):
        bearlumen.cost_of(Obliging())
    assert len(asked) < 10


def test_what_answers_none_for_fields_that_it_lacks_is_read() -> None:
    class Lenient:
        def __init__(self, **fields: Any) -> None:
            self._fields = fields

        def __getattr__(self, name: str) -> Any:
            return self._fields.get(name)

    usage = Lenient(prompt_tokens=100, completion_tokens=10)
    call = bearlumen.cost_of(Lenient(model="gpt-4o", object="chat.completion", usage=usage))
    assert (call.model, call.totals.input_tokens, call.totals.output_tokens) == ("gpt-4o", 100, 10)


def test_a_property_that_raises_is_absent_and_the_others_count() -> None:
    call = bearlumen.cost_of(HalfRaising())
    assert (call.totals.input_tokens, call.totals.output_tokens) == (100, 10)


def test_an_interrupt_in_a_property_still_interrupts_and_the_event_is_counted(make_client: Any) -> None:
    class Interrupted(HalfRaising):
        @property
        def id(self) -> str:
            raise KeyboardInterrupt

    client = make_client()
    with pytest.raises(KeyboardInterrupt):
        client.track(Interrupted())
    assert client.stats().tracked == 1


def test_no_method_of_a_response_is_called() -> None:
    called = []

    class Response:
        def __init__(self) -> None:
            self.model = "gpt-4o"
            self.usage = {"prompt_tokens": 1, "completion_tokens": 1}

        def __iter__(self) -> Any:
            called.append("iter")
            return iter(())

        def model_dump(self) -> Any:
            called.append("model_dump")
            return {}

        def __str__(self) -> str:
            called.append("str")
            return ""

        def __bool__(self) -> bool:
            called.append("bool")
            return False

        def __len__(self) -> int:
            called.append("len")
            return 0

    assert bearlumen.cost_of(Response()).totals.total_tokens == 2
    assert called == []


class Colour(Enum):
    RED = "red"


OPTIONS: dict[str, tuple[Any, str]] = {
    "user_id": (object(), "userId"),
    "feature": (["chat"], "feature"),
    "agent_id": ("", "agentId"),
    "workflow_id": ("x" * 10_000, "workflowId"),
    "session_id": (b"bytes", "sessionId"),
    "session_type": (1.5, "sessionType"),
    "subscription_id": (True and Colour.RED, "subscriptionId"),
    "dimensions": ({"team": object()}, "dimensions"),
    "timestamp": ("yesterday", "timestamp"),
    "idempotency_key": ({}, "idempotencyKey"),
    "metadata": ({"at": datetime.now()}, "metadata"),
    "provider": (5.0, "provider"),
    "model": (["gpt-4o"], "model"),
    "url": (object(), "url"),
    "units": ({"characters": -1}, "units"),
    "cost": ("free", "cost"),
}


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_that_cannot_be_used_is_left_out_with_a_warning(
    option: str, service: Any, make_client: Any
) -> None:
    value, name = OPTIONS[option]
    client = make_client()
    result = client.track(openai_chat(), **{option: value})
    ignored = [warning.message for warning in result.warnings if warning.code == "option_ignored"]
    assert len(ignored) == 1 and ignored[0].startswith(name), ignored
    assert client.flush().sent == 1
    assert result.input_tokens == 1024


@pytest.mark.parametrize(
    "metadata",
    [
        {"deep": deep(200, lambda inner: [inner])},
        {"self": GARBAGE["a response that holds itself"]},
        {"nan": math.nan},
        {1: "a key that is no text"},
        {"large": "x" * 100_000},
        [("not", "a dictionary")],
    ],
    ids=["deep", "cyclic", "nan", "key", "large", "list"],
)
def test_metadata_that_cannot_be_used_is_left_out(metadata: Any, service: Any, make_client: Any) -> None:
    client = make_client()
    result = client.track(openai_chat(), metadata=metadata)
    assert [warning.code for warning in result.warnings] == ["option_ignored"]
    client.flush()
    assert "metadata" not in service.events[0]


def test_every_option_arrives(service: Any, make_client: Any) -> None:
    client = make_client()
    client.track(
        openai_chat(),
        user_id=42,
        feature="chat",
        agent_id="agent",
        workflow_id="flow",
        session_id="s1",
        session_type="support",
        dimensions={"team": "search", "latency": 12.5, "retried": True, "nothing": None},
        timestamp=datetime(2026, 11, 20, 13, 0, tzinfo=timezone(timedelta(hours=1))),
        idempotency_key="key-1",
        subscription_id="sub_1",
        metadata={"ticket": 7, "tags": ["a", "b"], "note": 'quote " and ü', "none": None, "yes": True},
        units={"characters": 1500, "seconds": Decimal("2.5")},
        cost=Decimal("0.0125"),
    )
    assert client.flush().sent == 1
    (event,) = service.events
    assert {name: event[name] for name in event if name not in ("usage", "provider", "model", "warnings")} == {
        "eventType": "llm_call",
        "metricName": "tokens",
        "quantity": 1239,
        "eventTimestamp": 1795176000000,
        "idempotencyKey": "key-1",
        "userId": "42",
        "subscriptionId": "sub_1",
        "feature": "chat",
        "agentId": "agent",
        "workflowId": "flow",
        "sessionId": "s1",
        "sessionType": "support",
        "modifiers": {"service_tier": "default"},
        "cost": 0.0125,
        "dimensions": {"latency": 12.5, "retried": "true", "team": "search"},
        "metadata": {"ticket": 7, "tags": ["a", "b"], "note": 'quote " and ü', "none": None, "yes": True},
    }
    assert event["usage"]["characters"] == 1500 and event["usage"]["seconds"] == 2.5


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-20T12:00:00Z",
        "2026-11-20T13:00:00+01:00",
        1795176000,
        1795176000.0,
        datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc),
        datetime.fromtimestamp(1795176000),
    ],
)
def test_each_form_of_a_timestamp_is_one_instant(moment: Any, service: Any, make_client: Any) -> None:
    client = make_client()
    client.track(anthropic_message(), timestamp=moment)
    client.flush()
    assert service.events[0]["eventTimestamp"] == 1795176000000


def test_a_call_without_a_response_is_tracked_by_its_units(service: Any, make_client: Any) -> None:
    client = make_client()
    result = client.track(None, model="eleven_multilingual_v2", provider="elevenlabs", units={"characters": 1500})
    assert (result.provider, result.model) == ("elevenlabs", "eleven_multilingual_v2")
    client.flush()
    assert (service.events[0]["metricName"], service.events[0]["quantity"]) == ("characters", 1500)


def test_properties_are_read_beside_what_an_object_holds() -> None:
    class Run:
        """Like the result of a run of Pydantic AI's, or of OpenAI's agents: its answer is called like a wanted field."""

        def __init__(self) -> None:
            self.output = "Blue"
            self._usage = {"requests": 2, "input_tokens": 1500, "output_tokens": 150}

        @property
        def usage(self) -> Any:
            return self._usage

        @property
        def response(self) -> Any:
            return {"kind": "response", "model_name": "gpt-4o", "provider_name": "openai"}

        @property
        def model(self) -> Any:
            raise RuntimeError("a run has none")

    cost = bearlumen.cost_of(Run())
    assert (cost.model, cost.totals.total_tokens, cost.cost.amount) == ("gpt-4o", 1650, 0.00525)


def test_a_property_is_not_asked_for_what_the_object_holds() -> None:
    class Response:
        def __init__(self) -> None:
            self.__dict__["usage"] = {"prompt_tokens": 1, "completion_tokens": 1}
            self.model = "gpt-4o"

        @property
        def usage(self) -> Any:
            raise AssertionError("asked")

    assert bearlumen.cost_of(Response()).totals.total_tokens == 2
