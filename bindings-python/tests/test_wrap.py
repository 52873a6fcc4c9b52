"""Real clients of the providers' SDKs, wrapped: every call is one event, and its caller notices nothing."""

from __future__ import annotations

import asyncio
import gc
from typing import Any, Callable, Iterator

import anthropic
import openai
import providers
import pytest
from stub_provider import StubProvider

# The providers' clients are left open, as most programs leave them.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)

ASK: list[Any] = [{"role": "user", "content": "Why is the sky blue?"}]
CHAT = {"model": "gpt-4o", "messages": ASK}
MESSAGE = {"model": "claude-sonnet-4-6", "messages": ASK, "max_tokens": 9}
GEMINI = {"model": "gemini-2.5-flash", "contents": "Why is the sky blue?"}
MISTRAL = {"model": "mistral-small-latest", "messages": ASK}
OLLAMA = {"model": "llama3.2", "messages": ASK}
CONVERSE = {"modelId": "amazon.nova-lite-v1:0", "messages": [{"role": "user", "content": [{"text": "Why?"}]}]}
INVOKE = {"modelId": "anthropic.claude-sonnet-4-20250514-v1:0", "body": "{}"}

# Provider, model, tokens in and out, as the service hears of them.
GPT = ("openai", "gpt-4o-2024-08-06", 1024, 215)
GPT_STREAM = ("openai", "gpt-4o-2024-08-06", 1000, 100)
CLAUDE = ("anthropic", "claude-sonnet-4-20250514", 3020, 48)
FLASH = ("gemini", "gemini-2.5-flash", 147, 468)
SMALL = ("mistral", "mistral-small-latest", 1024, 215)
SMALL_STREAM = ("mistral", "mistral-small-latest", 1000, 100)
LLAMA = ("ollama", "llama3.2", 26, 298)
NOVA = ("bedrock", "amazon.nova-lite-v1:0", 10, 20)


@pytest.fixture(scope="module")
def provider() -> Iterator[StubProvider]:
    with StubProvider() as stub:
        yield stub


def heard(client: Any, service: Any) -> list[tuple[Any, ...]]:
    gc.collect()
    stats = client.flush()
    assert stats.sent == stats.tracked == len(service.events)
    assert not any(event.get("incomplete") for event in service.events), service.events

    def told(event: dict[str, Any]) -> tuple[Any, ...]:
        tokens = {"input": 0, "output": 0}
        for bucket, quantity in event["usage"].items():
            tokens["output" if bucket.startswith("output") else "input"] += quantity
        return event["provider"], event["model"], tokens["input"], tokens["output"]

    return [told(event) for event in service.events]


def used(stream: Any) -> int:
    """How many chunks there are."""
    return sum(1 for _ in stream)


def helped(manager: Any, ask: Callable[[Any], Any]) -> Any:
    with manager as stream:
        return ask(stream)


SYNC: dict[str, tuple[Any, Callable[[Any], Any], tuple[Any, ...]]] = {
    "openai chat": (providers.openai_client, lambda c: c.chat.completions.create(**CHAT).model, GPT),
    "openai parsed": (providers.openai_client, lambda c: c.chat.completions.parse(**CHAT).model, GPT),
    "openai stream": (providers.openai_client, lambda c: used(c.chat.completions.create(**CHAT, stream=True)), GPT_STREAM),
    "openai helper": (
        providers.openai_client,
        lambda c: helped(c.chat.completions.stream(**CHAT), lambda s: s.get_final_completion().model),
        GPT_STREAM,
    ),
    "openai raw": (
        providers.openai_client,
        lambda c: c.chat.completions.with_raw_response.create(**CHAT).parse().model,
        GPT,
    ),
    "openai raw stream": (
        providers.openai_client,
        lambda c: used(c.chat.completions.with_raw_response.create(**CHAT, stream=True).parse()),
        GPT_STREAM,
    ),
    "openai unread": (
        providers.openai_client,
        lambda c: helped(c.chat.completions.with_streaming_response.create(**CHAT), lambda r: r.parse().model),
        GPT,
    ),
    "openai unread lines": (
        providers.openai_client,
        lambda c: helped(
            c.chat.completions.with_streaming_response.create(**CHAT, stream=True), lambda r: used(r.iter_lines()) > 0
        ),
        GPT_STREAM,
    ),
    "openai other options": (
        providers.openai_client,
        lambda c: c.with_options(timeout=5).chat.completions.create(**CHAT).model,
        GPT,
    ),
    "openai responses": (
        providers.openai_client,
        lambda c: c.responses.create(model="gpt-4o", input="Why?").model,
        GPT_STREAM,
    ),
    "openai responses stream": (
        providers.openai_client,
        lambda c: used(c.responses.create(model="gpt-4o", input="Why?", stream=True)),
        GPT_STREAM,
    ),
    "openai responses helper": (
        providers.openai_client,
        lambda c: helped(c.responses.stream(model="gpt-4o", input="Why?"), lambda s: s.get_final_response().model),
        GPT_STREAM,
    ),
    "openai embeddings": (
        providers.openai_client,
        lambda c: c.embeddings.create(model="text-embedding-3-small", input="Why?").model,
        ("openai", "text-embedding-3-small", 8, 0),
    ),
    "openai images": (
        providers.openai_client,
        lambda c: len(c.images.generate(model="gpt-image-1.5", prompt="Why?").data),
        ("openai", "gpt-image-1.5", 50, 4160),
    ),
    "anthropic": (providers.anthropic_client, lambda c: c.messages.create(**MESSAGE).model, CLAUDE),
    "anthropic stream": (providers.anthropic_client, lambda c: used(c.messages.create(**MESSAGE, stream=True)), CLAUDE),
    "anthropic helper": (
        providers.anthropic_client,
        lambda c: helped(c.messages.stream(**MESSAGE), lambda s: s.get_final_message().model),
        CLAUDE,
    ),
    "anthropic text": (
        providers.anthropic_client,
        lambda c: helped(c.messages.stream(**MESSAGE), lambda s: "".join(s.text_stream)),
        CLAUDE,
    ),
    "google": (providers.google_client, lambda c: c.models.generate_content(**GEMINI).text, FLASH),
    "google stream": (providers.google_client, lambda c: used(c.models.generate_content_stream(**GEMINI)), FLASH),
    "google chat": (
        providers.google_client,
        lambda c: c.chats.create(model="gemini-2.5-flash").send_message("Why?").text,
        FLASH,
    ),
    "mistral": (providers.mistral_client, lambda c: c.chat.complete(**MISTRAL).model, SMALL),
    "mistral stream": (providers.mistral_client, lambda c: helped(c.chat.stream(**MISTRAL), used), SMALL_STREAM),
    "ollama": (providers.ollama_client, lambda c: c.chat(**OLLAMA).model, LLAMA),
    "ollama stream": (providers.ollama_client, lambda c: used(c.chat(**OLLAMA, stream=True)), LLAMA),
    "bedrock converse": (providers.bedrock_client, lambda c: c.converse(**CONVERSE)["stopReason"], NOVA),
    "bedrock converse stream": (providers.bedrock_client, lambda c: used(c.converse_stream(**CONVERSE)["stream"]), NOVA),
    "bedrock invoke": (providers.bedrock_client, lambda c: c.invoke_model(**INVOKE)["body"].read(), CLAUDE),
    "bedrock invoke stream": (
        providers.bedrock_client,
        lambda c: used(c.invoke_model_with_response_stream(**INVOKE)["body"]),
        CLAUDE,
    ),
}


@pytest.mark.parametrize("name", SYNC)
def test_a_call_is_one_event_and_answers_the_same(name: str, provider: Any, service: Any, make_client: Any) -> None:
    make, call, expected = SYNC[name]
    client = make_client()
    with client.context(user_id="user_1"):
        tracked = call(client.wrap(make(provider.url)))
    assert tracked == call(make(provider.url))
    assert heard(client, service) == [expected]
    assert service.events[0]["userId"] == "user_1"


async def used_later(stream: Any) -> int:
    return sum([1 async for _ in stream])


async def helped_later(manager: Any, ask: Callable[[Any], Any]) -> Any:
    async with manager as stream:
        return await ask(stream)


async def openai_async_stream(client: Any) -> Any:
    return await used_later(await client.chat.completions.create(**CHAT, stream=True))


async def anthropic_async_stream(client: Any) -> Any:
    async with await client.messages.create(**MESSAGE, stream=True) as stream:
        return await used_later(stream)


async def google_async_stream(client: Any) -> Any:
    return await used_later(await client.aio.models.generate_content_stream(**GEMINI))


async def mistral_async_stream(client: Any) -> Any:
    return await used_later(await client.chat.stream_async(**MISTRAL))


async def ollama_async_stream(client: Any) -> Any:
    return await used_later(await client.chat(**OLLAMA, stream=True))


ASYNC: dict[str, tuple[Any, Callable[[Any], Any], tuple[Any, ...]]] = {
    "openai chat": (providers.async_openai_client, lambda c: c.chat.completions.create(**CHAT), GPT),
    "openai stream": (providers.async_openai_client, openai_async_stream, GPT_STREAM),
    "openai helper": (
        providers.async_openai_client,
        lambda c: helped_later(c.chat.completions.stream(**CHAT), lambda s: s.get_final_completion()),
        GPT_STREAM,
    ),
    "anthropic": (providers.async_anthropic_client, lambda c: c.messages.create(**MESSAGE), CLAUDE),
    "anthropic stream": (providers.async_anthropic_client, anthropic_async_stream, CLAUDE),
    "anthropic helper": (
        providers.async_anthropic_client,
        lambda c: helped_later(c.messages.stream(**MESSAGE), lambda s: s.get_final_message()),
        CLAUDE,
    ),
    "google": (providers.google_client, lambda c: c.aio.models.generate_content(**GEMINI), FLASH),
    "google stream": (providers.google_client, google_async_stream, FLASH),
    "mistral": (providers.mistral_client, lambda c: c.chat.complete_async(**MISTRAL), SMALL),
    "mistral stream": (providers.mistral_client, mistral_async_stream, SMALL_STREAM),
    "ollama": (providers.async_ollama_client, lambda c: c.chat(**OLLAMA), LLAMA),
    "ollama stream": (providers.async_ollama_client, ollama_async_stream, LLAMA),
}


@pytest.mark.parametrize("name", ASYNC)
def test_an_asynchronous_call_is_one_event(name: str, provider: Any, service: Any, make_client: Any) -> None:
    make, call, expected = ASYNC[name]
    client = make_client()

    async def main() -> Any:
        return await call(client.wrap(make(provider.url)))

    assert asyncio.run(main()) is not None
    assert heard(client, service) == [expected]


def test_a_wrapped_client_is_still_what_it_was(provider: Any, make_client: Any) -> None:
    client = make_client()
    plain = providers.openai_client(provider.url)
    wrapped = client.wrap(plain)
    assert isinstance(wrapped, openai.OpenAI)
    assert isinstance(wrapped.chat.completions, type(plain.chat.completions))
    assert isinstance(wrapped.chat.completions.create(**CHAT, stream=True), openai.Stream)
    assert isinstance(wrapped.with_options(timeout=3), openai.OpenAI)
    assert client.wrap(wrapped) is wrapped
    assert (wrapped.api_key, wrapped.base_url) == (plain.api_key, plain.base_url)
    wrapped.timeout = 3
    assert plain.timeout == 3
    assert wrapped.chat.completions.create.__name__ == "create"
    with wrapped as entered:
        assert entered is wrapped
    assert plain.is_closed()


def test_the_wrapped_client_alone_is_tracked(provider: Any, service: Any, make_client: Any) -> None:
    client = make_client()
    plain = providers.anthropic_client(provider.url)
    client.wrap(plain)
    plain.messages.create(**MESSAGE)
    assert client.flush().tracked == 0


def test_usage_is_asked_for_and_the_answer_hidden(provider: Any, service: Any, make_client: Any) -> None:
    client = make_client()
    wrapped = client.wrap(providers.openai_client(provider.url))
    chunks = list(wrapped.chat.completions.create(**CHAT, stream=True))
    assert provider.requests[-1][1]["stream_options"] == {"include_usage": True}
    assert len(chunks) == 3 and all(chunk.choices and chunk.usage is None for chunk in chunks)
    assert heard(client, service) == [GPT_STREAM]


@pytest.mark.parametrize("stated", [{"include_usage": True}, {"include_usage": False}], ids=str)
def test_who_says_what_he_wants_gets_that(stated: Any, provider: Any, service: Any, make_client: Any) -> None:
    client = make_client()
    wrapped = client.wrap(providers.openai_client(provider.url))
    chunks = list(wrapped.chat.completions.create(**CHAT, stream=True, stream_options=stated))
    assert provider.requests[-1][1]["stream_options"] == stated
    assert len(chunks) == (4 if stated["include_usage"] else 3)


def test_options_beside_it_stay(provider: Any, make_client: Any) -> None:
    wrapped = make_client().wrap(providers.openai_client(provider.url))
    list(wrapped.chat.completions.create(**CHAT, stream=True, stream_options={"include_obfuscation": False}))
    assert provider.requests[-1][1]["stream_options"] == {"include_obfuscation": False, "include_usage": True}


def test_who_refuses_the_question_is_not_asked(provider: Any, make_client: Any) -> None:
    from bearlumen import _wrap

    asked = []

    class Completions:
        def create(self, **options: Any) -> Any:
            asked.append("stream_options" in options)
            return iter(())

    class Group:
        completions = Completions()

    class Mistral:
        base_url = "https://api.mistral.ai/v1"
        chat = Group()

    class Other:
        base_url = "https://api.openai.com/v1"
        chat = Group()

    client = make_client()
    for target in (Mistral(), Other()):
        list(_wrap.wrap(client.track, target).chat.completions.create(model="m", messages=[], stream=True))
    assert asked == [False, True]


def test_a_stream_of_a_library_counts_once_however_often_it_is_tracked(
    provider: Any, service: Any, make_client: Any
) -> None:
    client = make_client()
    stream = providers.anthropic_client(provider.url).messages.create(**MESSAGE, stream=True)
    first, second = client.track(stream), client.track(stream)
    assert used(stream) == 7, "the stream itself, not what was answered"
    assert first.result.event_id == second.result.event_id
    del first, second, stream
    assert heard(client, service) == [CLAUDE]


def test_what_a_call_raises_is_raised_and_no_event(provider: Any, make_client: Any) -> None:
    client = make_client()
    wrapped = client.wrap(openai.OpenAI(api_key="x", base_url="http://127.0.0.1:9", max_retries=0))
    with pytest.raises(openai.APIConnectionError):
        wrapped.chat.completions.create(**CHAT)
    assert client.stats().tracked == 0


def test_other_calls_are_left_alone(provider: Any, make_client: Any) -> None:
    wrapped = make_client().wrap(anthropic.Anthropic(api_key="x", base_url=provider.url))
    assert type(wrapped.messages.batches).__name__ == "Batches"
    assert "tracked" not in repr(wrapped.messages.batches)
    assert "messages" in dir(wrapped)


def test_the_url_of_the_client_says_who_answers(provider: Any, make_client: Any) -> None:
    class Completions:
        def create(self, **options: Any) -> Any:
            return {"model": "llama-3.3-70b-versatile", "choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}

    class Client:
        base_url = "https://api.groq.com/openai/v1"

        class chat:
            completions = Completions()

    from bearlumen import _wrap

    seen = []
    client = make_client()

    def track(response: Any, **options: Any) -> Any:
        seen.append(client.track(response, **options))
        return seen[-1]

    _wrap.wrap(track, Client()).chat.completions.create(model="x")
    assert seen[0].provider == "groq"
