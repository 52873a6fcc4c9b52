"""Objects of the providers' own SDKs say what their bodies say."""

from __future__ import annotations

import json
from typing import Any, Callable

import anthropic.types
import openai.types.chat
import pytest
from responses import anthropic_message, openai_chat

import bearlumen

OBJECTS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "openai validated": (openai.types.chat.ChatCompletion.model_validate, openai_chat()),
    "openai constructed": (lambda body: openai.types.chat.ChatCompletion.construct(**body), openai_chat()),
    # Fields that the SDK does not declare: Azure's filter results, and counts of tomorrow's API.
    "openai with a vendor's fields": (
        lambda body: openai.types.chat.ChatCompletion.construct(**body),
        openai_chat(prompt_filter_results=[{"prompt_index": 0, "content_filter_results": {}}]),
    ),
    "openai without details": (
        openai.types.chat.ChatCompletion.model_validate,
        openai_chat(usage={"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}),
    ),
    "anthropic validated": (anthropic.types.Message.model_validate, anthropic_message()),
    "anthropic constructed": (lambda body: anthropic.types.Message.construct(**body), anthropic_message()),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_costs_what_its_body_costs(name: str) -> None:
    make, body = OBJECTS[name]
    at = "2026-11-20T12:00:00Z"
    by_object = bearlumen.cost_of(make(body), timestamp=at)
    assert by_object == bearlumen.cost_of(body, timestamp=at) == bearlumen.cost_of(json.dumps(body), timestamp=at)
    assert by_object.totals.input_tokens > 0


def test_undeclared_fields_of_a_model_are_read() -> None:
    make, body = OBJECTS["openai with a vendor's fields"]
    assert bearlumen.cost_of(make(body)).provider == "azure"


@pytest.mark.parametrize("name", OBJECTS)
def test_the_same_event_is_sent_for_object_dict_and_text(name: str, service: Any, make_client: Any) -> None:
    make, body = OBJECTS[name]
    client = make_client()
    for number, response in enumerate([make(body), body, json.dumps(body)]):
        client.track(response, user_id="user_1", timestamp="2026-11-20T12:00:00Z", idempotency_key=f"k{number}")
    assert client.flush().sent == 3
    sent = {json.dumps({**event, "idempotencyKey": ""}, sort_keys=True) for event in service.events}
    assert len(service.events) == 3 and len(sent) == 1


def test_no_text_of_the_conversation_is_sent(service: Any, make_client: Any) -> None:
    client = make_client()
    for make, body in OBJECTS.values():
        client.track(make(body))
        client.track(body)
        client.track(json.dumps(body))
    assert client.flush().pending == 0
    assert "short waves" not in json.dumps(service.events)
