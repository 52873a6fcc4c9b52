"""A tracked stream is used like the stream; its event follows, once, whatever becomes of it."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from typing import Any, AsyncIterator, Iterator

import pytest
from stub_provider import CHAT_USAGE, chat_chunk

CHUNKS: list[dict[str, Any]] = [
    chat_chunk("Bl"),
    chat_chunk("ue"),
    chat_chunk(None, "stop"),
    chat_chunk(None, choices=[], usage=CHAT_USAGE),
]


def drawn(chunks: list[Any] = CHUNKS) -> Iterator[Any]:
    yield from chunks


async def drawn_later(chunks: list[Any] = CHUNKS) -> AsyncIterator[Any]:
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk


def the_event(client: Any, service: Any) -> dict[str, Any]:
    """The one event of the test, after everything was delivered."""
    gc.collect()
    stats = client.flush()
    assert (stats.tracked, stats.sent) == (1, 1), stats
    (event,) = service.events
    return dict(event)


def test_every_chunk_passes_unchanged_and_the_result_is_final(service: Any, make_client: Any) -> None:
    client = make_client()
    stream = client.track(drawn(), user_id="user_1")
    assert [chunk is sent for chunk, sent in zip(stream, CHUNKS)] == [True] * 4
    result = stream.result
    assert (result.input_tokens, result.output_tokens, result.incomplete) == (1000, 100, False)
    assert result.cost.amount == 0.0035
    event = the_event(client, service)
    assert event["usage"] == {"input": 1000, "output": 100} and "incomplete" not in event
    assert event["userId"] == "user_1"
    assert stream.result.event_id == result.event_id


def test_a_chunk_passes_before_the_next_is_drawn(make_client: Any) -> None:
    drawn_so_far = []

    def source() -> Iterator[Any]:
        for chunk in CHUNKS:
            drawn_so_far.append(chunk)
            yield chunk

    stream = make_client().track(source())
    for position, _ in enumerate(stream):
        assert len(drawn_so_far) == position + 1


def test_the_event_is_made_once_at_the_end(service: Any, make_client: Any) -> None:
    client = make_client()
    stream = client.track(drawn())
    assert client.stats().tracked == 0
    assert len(list(stream)) == 4 and list(stream) == []
    assert client.stats().tracked == 1
    stream.close()
    del stream
    the_event(client, service)


def test_a_stream_that_is_left_says_what_is_known(service: Any, make_client: Any) -> None:
    client = make_client()
    stream = client.track(drawn())
    for _ in stream:
        break
    so_far = stream.result
    assert so_far.incomplete and so_far.model == "gpt-4o-2024-08-06" and so_far.cost.amount is None
    assert client.stats().tracked == 0, "it may still be gone on with"
    del stream
    event = the_event(client, service)
    assert event["incomplete"] is True
    assert event["idempotencyKey"] == so_far.idempotency_key


def test_a_stream_that_is_left_may_be_gone_on_with(service: Any, make_client: Any) -> None:
    client = make_client()
    stream = client.track(drawn())
    for _ in stream:
        break
    assert len(list(stream)) == 3
    assert the_event(client, service)["usage"] == {"input": 1000, "output": 100}


def test_a_closed_stream_has_ended(service: Any, make_client: Any) -> None:
    client = make_client()
    source = drawn()
    stream = client.track(source)
    next(stream)
    stream.close()
    assert next(source, None) is None, "it was closed itself"
    assert the_event(client, service)["incomplete"] is True
    assert stream.result.incomplete


def test_what_the_stream_raises_is_raised_and_what_is_known_recorded(service: Any, make_client: Any) -> None:
    def breaking() -> Iterator[Any]:
        yield CHUNKS[0]
        raise ConnectionError("gone")

    client = make_client()
    stream = client.track(breaking())
    with pytest.raises(ConnectionError, match="gone"):
        list(stream)
    assert stream.result.incomplete
    assert the_event(client, service)["incomplete"] is True


def test_an_error_in_the_callers_loop_loses_nothing(service: Any, make_client: Any) -> None:
    client = make_client()

    def consume() -> None:
        for _ in client.track(drawn()):
            raise ValueError("the caller's own")

    with pytest.raises(ValueError):
        consume()
    assert the_event(client, service)["incomplete"] is True


def test_a_stream_without_a_chunk_is_an_incomplete_event(service: Any, make_client: Any) -> None:
    client = make_client()
    stream = client.track(drawn([]), model="gpt-4o", provider="openai")
    assert list(stream) == []
    event = the_event(client, service)
    assert (event["model"], event["incomplete"]) == ("gpt-4o", True) and "usage" not in event


def test_shutdown_records_the_streams_under_way(service: Any, make_client: Any) -> None:
    client = make_client()
    stream = client.track(drawn())
    next(stream)
    before = client.stats()
    assert (before.tracked, before.under_way) == (0, 1)
    stats = client.shutdown()
    assert (stats.tracked, stats.sent, stats.dropped, stats.under_way) == (1, 1, 0, 0)
    assert len(list(stream)) == 3, "the caller's loop goes on"
    assert client.stats().tracked == 1


def test_a_client_that_is_dropped_waits_for_its_streams(service: Any) -> None:
    import bearlumen

    client = bearlumen.Client("sk_test_stub", base_url=service.url, delivery={"flushIntervalMs": 20})
    stream = client.track(drawn())
    thread = client._worker._thread
    assert thread is not None
    del client
    gc.collect()
    assert len(list(stream)) == 4
    thread.join(10)
    assert not thread.is_alive()
    assert [event["usage"] for event in service.events] == [{"input": 1000, "output": 100}]


def test_a_tracked_stream_tracked_again_counts_once(service: Any, make_client: Any) -> None:
    client = make_client()
    stream = client.track(drawn())
    assert client.track(stream) is stream
    list(stream)
    the_event(client, service)


def test_text_is_a_stream_too(service: Any, make_client: Any) -> None:
    import json

    text = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in CHUNKS).encode()
    client = make_client()
    pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
    assert b"".join(client.track(drawn(pieces))) == text
    assert the_event(client, service)["usage"] == {"input": 1000, "output": 100}


def test_no_text_of_the_conversation_is_sent(service: Any, make_client: Any) -> None:
    import json

    client = make_client()
    list(client.track(drawn([chat_chunk("a secret"), *CHUNKS])))
    assert "secret" not in json.dumps(the_event(client, service))


def test_a_stream_has_its_own_attributes_and_class(make_client: Any) -> None:
    class Stream:
        helper = "provider's own"

        def __init__(self) -> None:
            self.entered = self.left = False

        def __iter__(self) -> Stream:
            return self

        def __next__(self) -> Any:
            raise StopIteration

        def __enter__(self) -> Stream:
            self.entered = True
            return self

        def __exit__(self, *error: object) -> None:
            self.left = True

    source = Stream()
    stream = make_client().track(source)
    assert isinstance(stream, Stream)
    assert stream.helper == "provider's own"
    stream.helper = "changed"
    assert source.helper == "changed"
    with stream as entered:
        assert entered is stream
    assert source.entered and source.left
    with pytest.raises(AttributeError):
        stream.nothing  # noqa: B018


def test_memory_does_not_grow_with_a_stream(make_client: Any) -> None:
    client = make_client()

    def long() -> Iterator[Any]:
        for _ in range(20_000):
            yield chat_chunk("Blue")
        yield from CHUNKS

    stream = client.track(long())
    for _ in range(1_000):
        next(stream)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(15_000):
        next(stream)
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert after - before < 50_000
    assert len(list(stream)) == 4_004
    assert stream.result.input_tokens == 1000


# -- asynchronous --------------------------------------------------------------------------------------


def test_an_asynchronous_stream(service: Any, make_client: Any) -> None:
    client = make_client()

    async def consume() -> Any:
        stream = client.track(drawn_later(), feature="chat")
        passed = [chunk async for chunk in stream]
        assert [chunk is sent for chunk, sent in zip(passed, CHUNKS)] == [True] * 4
        return await stream.result

    result = asyncio.run(consume())
    assert (result.input_tokens, result.output_tokens, result.incomplete) == (1000, 100, False)
    assert the_event(client, service)["feature"] == "chat"


class EitherWay:
    """Gone through with ``for`` or ``async for``, as its caller likes, like LiteLLM's ``CustomStreamWrapper``."""

    def __init__(self, chunks: list[Any]) -> None:
        self._chunks = iter(chunks)

    def __iter__(self) -> EitherWay:
        return self

    def __next__(self) -> Any:
        return next(self._chunks)

    def __aiter__(self) -> EitherWay:
        return self

    async def __anext__(self) -> Any:
        await asyncio.sleep(0)
        for chunk in self._chunks:
            return chunk
        raise StopAsyncIteration


@pytest.mark.parametrize("how", ["for", "next", "async for"])
def test_a_stream_that_can_be_gone_through_either_way(service: Any, make_client: Any, how: str) -> None:
    client = make_client()

    async def consume(stream: Any) -> list[Any]:
        return [chunk async for chunk in stream]

    stream = client.track(EitherWay(CHUNKS), feature="chat")
    assert isinstance(stream, EitherWay)
    if how == "for":
        passed = list(stream)
    elif how == "next":
        passed = [next(stream) for _ in CHUNKS]
        assert next(stream, None) is None
    else:
        passed = asyncio.run(consume(stream))
    assert [chunk is sent for chunk, sent in zip(passed, CHUNKS)] == [True] * 4
    assert (stream.result.total_tokens, stream.result.incomplete) == (1100, False)
    assert the_event(client, service)["feature"] == "chat"


@pytest.mark.parametrize("how", ["unread", "left", "async left"])
def test_a_stream_of_either_way_that_is_left_is_one_event(service: Any, make_client: Any, how: str) -> None:
    client = make_client()

    async def first(stream: Any) -> None:
        async for _ in stream:
            break

    stream = client.track(EitherWay(CHUNKS))
    if how == "left":
        next(stream)
    elif how == "async left":
        asyncio.run(first(stream))
    del stream
    assert the_event(client, service)["incomplete"] is True


def test_awaiting_the_result_of_a_stream_that_was_left_does_not_wait(service: Any, make_client: Any) -> None:
    client = make_client()

    async def consume() -> Any:
        stream = client.track(drawn_later())
        async for _ in stream:
            break
        result = await asyncio.wait_for(_awaited(stream.result), 5)
        await stream.aclose()
        return result

    assert asyncio.run(consume()).incomplete
    assert the_event(client, service)["incomplete"] is True


async def _awaited(result: Any) -> Any:
    return await result


def test_a_cancelled_task_is_cancelled_and_recorded(service: Any, make_client: Any) -> None:
    client = make_client()

    async def endless() -> AsyncIterator[Any]:
        yield CHUNKS[0]
        await asyncio.sleep(60)

    async def consume() -> None:
        async def work() -> None:
            async for _ in client.track(endless()):
                pass

        task = asyncio.create_task(work())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(consume())
    assert the_event(client, service)["incomplete"] is True


def test_many_tasks_at_once(service: Any, make_client: Any) -> None:
    client = make_client()

    async def one(number: int) -> Any:
        stream = client.track(drawn_later(), user_id=number)
        async for _ in stream:
            pass
        return stream.result

    async def consume() -> list[Any]:
        return await asyncio.gather(*map(one, range(50)))

    results = asyncio.run(consume())
    assert len({result.event_id for result in results}) == 50
    assert client.flush().sent == 50
    assert {event["userId"] for event in service.events} == {str(number) for number in range(50)}
