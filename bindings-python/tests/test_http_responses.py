"""HTTP responses: the body counts, url and headers say who answered."""

from __future__ import annotations

import json
from typing import Any, Iterator

import httpx
import pytest
import requests
from responses import openai_chat
from stub_provider import StubProvider

STREAM = {"model": "gpt-4o", "messages": [], "stream": True, "stream_options": {"include_usage": True}}


@pytest.fixture(scope="module")
def provider() -> Iterator[StubProvider]:
    with StubProvider() as stub:
        yield stub


def groq(body: Any, **headers: str) -> httpx.Response:
    request = httpx.Request("POST", "https://api.groq.com/openai/v1/chat/completions")
    return httpx.Response(200, json=body, headers=headers, request=request)


def test_the_url_says_who_answered(make_client: Any) -> None:
    result = make_client().track(groq(openai_chat(model="llama-3.3-70b-versatile")))
    assert (result.provider, result.input_tokens) == ("groq", 1024)


def test_what_the_caller_says_counts(make_client: Any) -> None:
    result = make_client().track(groq(openai_chat()), url="https://api.openai.com/v1/chat/completions")
    assert result.provider == "openai"


def test_headers_count_what_the_body_does_not(make_client: Any) -> None:
    headers = {"x-amzn-bedrock-input-token-count": "30", "x-amzn-bedrock-output-token-count": "12"}
    response = httpx.Response(200, json={"generation": "x"}, headers=headers)
    result = make_client().track(response, model="meta.llama3-8b-instruct-v1:0")
    assert (result.provider, result.input_tokens, result.output_tokens) == ("bedrock", 30, 12)


@pytest.mark.parametrize("library", [httpx, requests], ids=["httpx", "requests"])
def test_a_response_that_was_read(library: Any, provider: Any, service: Any, make_client: Any) -> None:
    client = make_client()
    response = library.post(f"{provider.url}/openai/chat/completions", json={"model": "gpt-4o", "messages": []})
    result = client.track(response)
    assert (result.input_tokens, result.output_tokens) == (1024, 215)
    assert response.json()["object"] == "chat.completion", "it is still there"
    assert client.flush().sent == 1


@pytest.mark.parametrize("library", [httpx, requests], ids=["httpx", "requests"])
def test_a_streamed_answer_that_was_read(library: Any, provider: Any, make_client: Any) -> None:
    response = library.post(f"{provider.url}/openai/chat/completions", json=STREAM)
    assert make_client().track(response).output_tokens == 100


@pytest.mark.parametrize("method", ["iter_lines", "iter_bytes", "iter_text", "read"])
def test_an_httpx_response_read_afterwards(method: str, provider: Any, service: Any, make_client: Any) -> None:
    client = make_client()
    with httpx.stream("POST", f"{provider.url}/openai/chat/completions", json=STREAM) as response:
        tracked = client.track(response)
        assert tracked.status_code == 200
        read = getattr(tracked, method)()
        text = read if method == "read" else [*read]
        assert text
    assert tracked.result.output_tokens == 100 and not tracked.result.incomplete
    assert client.flush().sent == 1


@pytest.mark.parametrize("method", ["iter_lines", "iter_content"])
def test_a_requests_response_read_afterwards(method: str, provider: Any, service: Any, make_client: Any) -> None:
    client = make_client()
    with requests.post(f"{provider.url}/openai/chat/completions", json=STREAM, stream=True) as response:
        tracked = client.track(response)
        assert [*getattr(tracked, method)()]
    assert tracked.result.output_tokens == 100
    assert client.flush().sent == 1


def test_a_whole_answer_read_in_pieces(provider: Any, service: Any, make_client: Any) -> None:
    client = make_client()
    ask = {"model": "gpt-4o", "messages": []}
    with httpx.stream("POST", f"{provider.url}/openai/chat/completions", json=ask) as response:
        tracked = client.track(response)
        body = b"".join(tracked.iter_bytes(10))
    assert json.loads(body)["model"] == tracked.result.model
    assert client.flush().sent == 1


def test_a_body_that_is_never_read_is_an_incomplete_event(provider: Any, service: Any, make_client: Any) -> None:
    client = make_client()
    with httpx.stream("POST", f"{provider.url}/openai/chat/completions", json=STREAM) as response:
        client.track(response, model="gpt-4o").close()
    assert client.flush().sent == 1
    assert service.events[0]["incomplete"] is True


def test_what_is_no_json_is_a_warning(service: Any, make_client: Any) -> None:
    result = make_client().track(httpx.Response(502, text="<html>bad gateway</html>"))
    assert [warning.code for warning in result.warnings][:1] == ["unreadable_response"]
