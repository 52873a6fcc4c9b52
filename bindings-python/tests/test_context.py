"""Attribution around a block of code."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from typing import Any

import pytest
from responses import openai_chat


def said(client: Any, service: Any, *names: str) -> list[tuple[Any, ...]]:
    client.flush()
    return [tuple(event.get(name) for name in names) for event in service.events]


def test_what_is_tracked_inside_is_attributed(service: Any, make_client: Any) -> None:
    client = make_client()
    client.track(openai_chat())
    with client.context(user_id="user_1", feature="chat", session_id=7):
        client.track(openai_chat())
        client.track(openai_chat(), feature="search")
    client.track(openai_chat())
    assert said(client, service, "userId", "feature", "sessionId") == [
        (None, None, None),
        ("user_1", "chat", "7"),
        ("user_1", "search", "7"),
        (None, None, None),
    ]


def test_blocks_nest(service: Any, make_client: Any) -> None:
    client = make_client()
    with client.context(user_id="user_1", dimensions={"team": "search", "tier": "free"}, metadata={"a": 1}):
        with client.context(feature="chat", dimensions={"tier": "paid"}, metadata={"b": 2}):
            client.track(openai_chat(), dimensions={"ms": 5})
        client.track(openai_chat())
    assert said(client, service, "userId", "feature", "dimensions", "metadata") == [
        ("user_1", "chat", {"team": "search", "tier": "paid", "ms": 5}, {"a": 1, "b": 2}),
        ("user_1", None, {"team": "search", "tier": "free"}, {"a": 1}),
    ]


def test_an_error_leaves_the_block_too(service: Any, make_client: Any) -> None:
    client = make_client()
    with pytest.raises(KeyError), client.context(user_id="user_1"):
        raise KeyError
    client.track(openai_chat())
    assert said(client, service, "userId") == [(None,)]


def test_tasks_keep_their_own(service: Any, make_client: Any) -> None:
    client = make_client()

    async def one(user: str) -> None:
        with client.context(user_id=user):
            await asyncio.sleep(0)
            client.track(openai_chat())
            await asyncio.gather(*(asyncio.create_task(child()) for _ in range(2)))

    async def child() -> None:
        await asyncio.sleep(0)
        client.track(openai_chat())

    async def main() -> None:
        await asyncio.gather(*(one(f"user_{number}") for number in range(5)))

    asyncio.run(main())
    users = [user for (user,) in said(client, service, "userId")]
    assert {user: users.count(user) for user in users} == {f"user_{number}": 3 for number in range(5)}


def test_threads_start_without_it_as_context_variables_do(service: Any, make_client: Any) -> None:
    client = make_client()
    with client.context(user_id="user_1"):
        plain = threading.Thread(target=client.track, args=(openai_chat(),))
        copied = threading.Thread(target=contextvars.copy_context().run, args=(client.track, openai_chat()))
        for thread in (plain, copied):
            thread.start()
            thread.join()
    assert said(client, service, "userId") == [(None,), ("user_1",)]


def test_one_clients_block_is_not_anothers(service: Any, make_client: Any) -> None:
    one, other = make_client(), make_client()
    with one.context(user_id="user_1"), other.context(feature="chat"):
        other.track(openai_chat())
    assert said(other, service, "userId", "feature") == [(None, "chat")]


def test_a_stream_belongs_to_where_it_was_tracked(service: Any, make_client: Any) -> None:
    client = make_client()
    with client.context(user_id="user_1"):
        stream = client.track(iter([openai_chat()]))
    list(stream)
    assert said(client, service, "userId") == [("user_1",)]


def test_what_cannot_be_used_is_a_warning(service: Any, make_client: Any) -> None:
    client = make_client()
    with client.context(user_id=object(), dimensions=5):
        result = client.track(openai_chat(), dimensions={"team": "search"})
    assert [warning.code for warning in result.warnings] == ["option_ignored"]
    assert said(client, service, "dimensions") == [({"team": "search"},)]
