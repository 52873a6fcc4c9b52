"""Helpers of the providers' own SDKs that make several calls by themselves: each of those is an event."""

from __future__ import annotations

import asyncio
import gc
from contextlib import closing
from typing import Any, Callable, Iterator

import providers
import pytest
from stub_provider import StubProvider
from test_wrap import CLAUDE, FLASH, GEMINI, GPT_STREAM, MESSAGE, SMALL_STREAM, heard

pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)

# The call that asks for the function, and the one that is told what it said.
FLASH_CALL = (*FLASH[:2], 50, 10)
CLAUDE_CALL = (*CLAUDE[:2], 50, 10)
GPT_CALL = (*GPT_STREAM[:2], 50, 10)
SMALL_CALL = (*SMALL_STREAM[:2], 50, 10)


@pytest.fixture(scope="module")
def provider() -> Iterator[StubProvider]:
    with StubProvider() as stub:
        yield stub


def colour_of(thing: str) -> str:
    """The colour of a thing.

    Args:
        thing: What it is.
    """
    return f"The {thing} is blue."


def beta_tool(is_async: bool = False) -> Any:
    import anthropic

    if not is_async:
        return anthropic.beta_tool(colour_of)

    @anthropic.beta_async_tool(name="colour_of")
    async def later(thing: str) -> str:
        """The colour of a thing."""
        return colour_of(thing)

    return later


def google_afc(client: Any) -> Any:
    return client.models.generate_content(**GEMINI, config={"tools": [colour_of]}).text


def google_afc_stream(client: Any) -> Any:
    chunks = client.models.generate_content_stream(**GEMINI, config={"tools": [colour_of]})
    return "".join(chunk.text or "" for chunk in chunks)


def google_chat(client: Any) -> Any:
    chat = client.chats.create(model="gemini-2.5-flash", config={"tools": [colour_of]})
    return chat.send_message("Why is the sky blue?").text


def google_chat_stream(client: Any) -> Any:
    chat = client.chats.create(model="gemini-2.5-flash", config={"tools": [colour_of]})
    return "".join(chunk.text or "" for chunk in chat.send_message_stream("Why is the sky blue?"))


def anthropic_runner(client: Any) -> Any:
    return client.beta.messages.tool_runner(**MESSAGE, tools=[beta_tool()]).until_done().stop_reason


def anthropic_runner_stream(client: Any) -> Any:
    text = ""
    for stream in client.beta.messages.tool_runner(**MESSAGE, tools=[beta_tool()], stream=True):
        text += "".join(getattr(event, "text", "") for event in stream if event.type == "text")
    return text


def anthropic_thread(client: Any) -> Any:
    asked = {name: value for name, value in MESSAGE.items() if name != "messages"}
    thread = client.beta.messages.thread(**asked)
    return [thread.send(*MESSAGE["messages"]).stop_reason for _ in range(2)]


def openai_runner(client: Any, stream: bool = False) -> Any:
    from openai.lib.responses_tool_runner import RegisteredFunction, ResponsesToolRunner

    parameters = {
        "type": "object",
        "properties": {"thing": {"type": "string"}},
        "required": ["thing"],
        "additionalProperties": False,
    }
    tool: Any = {"type": "function", "name": "colour_of", "parameters": parameters, "strict": True}
    function = RegisteredFunction(tool, lambda arguments: colour_of(**arguments))
    with closing(ResponsesToolRunner(functions=[function])) as runner:
        params: Any = {"model": "gpt-4o", "input": "Why is the sky blue?"}
        return runner.run(client, params, stream=stream).id


SYNC: dict[str, tuple[Any, Callable[[Any], Any], list[tuple[Any, ...]]]] = {
    "google": (providers.google_client, google_afc, [FLASH_CALL, FLASH]),
    "google stream": (providers.google_client, google_afc_stream, [FLASH_CALL, FLASH]),
    "google chat": (providers.google_client, google_chat, [FLASH_CALL, FLASH]),
    "google chat stream": (providers.google_client, google_chat_stream, [FLASH_CALL, FLASH]),
    "anthropic": (providers.anthropic_client, anthropic_runner, [CLAUDE_CALL, CLAUDE]),
    "anthropic stream": (providers.anthropic_client, anthropic_runner_stream, [CLAUDE_CALL, CLAUDE]),
    "anthropic thread": (providers.anthropic_client, anthropic_thread, [CLAUDE, CLAUDE]),
    "openai": (providers.openai_client, openai_runner, [GPT_CALL, GPT_STREAM]),
    "openai stream": (providers.openai_client, lambda c: openai_runner(c, stream=True), [GPT_CALL, GPT_STREAM]),
}


@pytest.mark.parametrize("name", SYNC)
def test_each_call_inside_is_an_event(name: str, provider: Any, service: Any, make_client: Any) -> None:
    make, call, expected = SYNC[name]
    client = make_client()
    with client.context(user_id="user_1"):
        tracked = call(client.wrap(make(provider.url)))
    assert tracked == call(make(provider.url))
    assert heard(client, service) == expected
    assert [event["userId"] for event in service.events] == ["user_1"] * len(expected)


async def google_afc_later(client: Any) -> Any:
    return (await client.aio.models.generate_content(**GEMINI, config={"tools": [colour_of]})).text


async def google_afc_stream_later(client: Any) -> Any:
    chunks = await client.aio.models.generate_content_stream(**GEMINI, config={"tools": [colour_of]})
    return [chunk.text async for chunk in chunks]


async def google_chat_later(client: Any) -> Any:
    chat = client.aio.chats.create(model="gemini-2.5-flash", config={"tools": [colour_of]})
    first = (await chat.send_message("Why is the sky blue?")).text
    return [first] + [chunk.text async for chunk in await chat.send_message_stream("And the sea?")]


async def anthropic_runner_later(client: Any) -> Any:
    return (await client.beta.messages.tool_runner(**MESSAGE, tools=[beta_tool(is_async=True)]).until_done()).stop_reason


async def mistral_run(client: Any) -> Any:
    from mistralai.extra.run.context import RunContext

    async with RunContext(model="mistral-small-latest") as context:
        context.register_func(colour_of)
        return (await client.beta.conversations.run_async(context, inputs="Why is the sky blue?")).output_as_text


async def mistral_turns(client: Any) -> Any:
    started = client.beta.conversations.start(model="mistral-small-latest", inputs="Why is the sky blue?")
    answer = {"type": "function.result", "tool_call_id": "call_1", "result": "Blue"}
    told = await client.beta.conversations.append_async(conversation_id=started.conversation_id, inputs=[answer])
    return told.outputs[0].content


ASYNC: dict[str, tuple[Any, Callable[[Any], Any], list[tuple[Any, ...]]]] = {
    "google": (providers.google_client, google_afc_later, [FLASH_CALL, FLASH]),
    "google stream": (providers.google_client, google_afc_stream_later, [FLASH_CALL, FLASH]),
    "google chat": (providers.google_client, google_chat_later, [FLASH_CALL, FLASH] * 2),
    "anthropic": (providers.async_anthropic_client, anthropic_runner_later, [CLAUDE_CALL, CLAUDE]),
    "mistral run": (providers.mistral_client, mistral_run, [SMALL_CALL, SMALL_STREAM]),
    "mistral turns": (providers.mistral_client, mistral_turns, [SMALL_CALL, SMALL_STREAM]),
}


@pytest.mark.parametrize("name", ASYNC)
def test_each_awaited_call_inside_is_an_event(name: str, provider: Any, service: Any, make_client: Any) -> None:
    make, call, expected = ASYNC[name]
    client = make_client()

    async def main(wrapped: bool) -> Any:
        made = make(provider.url)
        answer = await call(client.wrap(made) if wrapped else made)
        del made
        gc.collect()  # here, where the loop that its connections belong to is still there
        return answer

    assert asyncio.run(main(True)) == asyncio.run(main(False))
    assert heard(client, service) == expected


def test_a_stream_counts_for_whom_it_was_asked(provider: Any, service: Any, make_client: Any) -> None:
    client = make_client()
    models = client.wrap(providers.google_client(provider.url)).models
    streams = []
    for user in ("first", "second"):
        with client.context(user_id=user):
            streams.append(models.generate_content_stream(**GEMINI, config={"tools": [colour_of]}))
    assert [len(list(stream)) for stream in reversed(streams)] == [3, 3]
    heard(client, service)
    assert [event.get("userId") for event in service.events] == ["second", "second", "first", "first"]


def test_the_clients_own_objects_stay_as_they_are(provider: Any, make_client: Any) -> None:
    client = make_client()
    plain = providers.google_client(provider.url)
    google_afc(client.wrap(plain))
    assert "_generate_content" not in vars(plain.models)
    assert google_afc(plain) == "Blue"
    assert client.stats().tracked == 2


def test_a_library_without_the_inner_calls_is_tracked_from_outside(service: Any, make_client: Any) -> None:
    class Models:
        def generate_content(self, **options: Any) -> Any:
            return {"modelVersion": "gemini-2.5-flash", "usageMetadata": {"promptTokenCount": 7, "totalTokenCount": 7}}

    class Client:
        models = Models()

    client = make_client()
    client.wrap(Client()).models.generate_content(model="gemini-2.5-flash", contents="Why?")
    assert client.flush().sent == 1


def test_what_cannot_be_copied_is_tracked_from_outside(service: Any, make_client: Any) -> None:
    class Models:
        def __copy__(self) -> Any:
            raise TypeError("there is one")

        def generate_content(self, **options: Any) -> Any:
            return self._generate_content(**options)

        def _generate_content(self, **options: Any) -> Any:
            return {"modelVersion": "gemini-2.5-flash", "usageMetadata": {"promptTokenCount": 7, "totalTokenCount": 7}}

    class Client:
        models = Models()

    client = make_client()
    client.wrap(Client()).models.generate_content(model="gemini-2.5-flash", contents="Why?")
    assert client.flush().sent == 1
