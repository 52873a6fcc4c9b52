"""A service that misbehaves over real sockets: every event is stored once or counted as dropped."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import QUICK
from openai.types.chat import ChatCompletion
from responses import openai_chat
from stub_service import Answer, refuse

import bearlumen

# Sent by flush() alone, so that all events of a test are one batch, however slow the machine is.
ON_FLUSH = {**QUICK, "flushIntervalMs": 3_600_000}

RETRYABLE = {"code": "INTERNAL_ERROR", "message": "again", "details": {"retryable": True}}
PERMANENT = {"code": "VALIDATION_ERROR", "message": "Invalid quantity", "details": {"retryable": False}}


def counts(stats: Any) -> tuple[int, int, int, int]:
    assert stats.tracked == stats.sent + stats.dropped + stats.pending
    return stats.tracked, stats.sent, stats.dropped, stats.pending


TROUBLE = {
    "429 with Retry-After": [refuse(429, "RATE_LIMIT_EXCEEDED", Retry_After="0")],
    "429 with garbage": [refuse(429, "RATE_LIMIT_EXCEEDED", Retry_After="soon")],
    "429 until a day that has passed": [refuse(429, "RATE_LIMIT_EXCEEDED", Retry_After="Fri, 20 Nov 2015 12:00:00 GMT")],
    "429 with a negative number": [refuse(429, "RATE_LIMIT_EXCEEDED", Retry_After="-5")],
    "503 with a fraction": [refuse(503, "SERVICE_UNAVAILABLE", Retry_After="0.5")],
    "408 and 425": [refuse(408, "SERVICE_UNAVAILABLE"), refuse(425, "SERVICE_UNAVAILABLE")],
    "504 and an empty body": [Answer(504, body=b"", stores=False)],
    "500": [refuse(500, "INTERNAL_ERROR")] * 3,
    "503 without a body": [Answer(503, body=b"", stores=False)],
    "a proxy's page": [Answer(502, body=b"<html>bad gateway</html>", stores=False)],
    "reset before anything was stored": [Answer(how="reset", stores=False)] * 2,
    "reset after all was stored": [Answer(how="reset")],
    "half an answer after all was stored": [Answer(how="cut")] * 2,
    "a 200 that says nothing": [Answer(200, body=b"")],
    "all kinds in a row": [
        refuse(500, "INTERNAL_ERROR"),
        Answer(how="reset"),
        refuse(429, "RATE_LIMIT_EXCEEDED", Retry_After="0"),
        Answer(how="cut"),
        Answer(503, body=b"", stores=False),
    ],
}


@pytest.mark.parametrize("name", TROUBLE)
def test_what_passes_is_sent_again_until_all_is_stored_once(name: str, service: Any, make_client: Any) -> None:
    service.script = list(TROUBLE[name])
    heard: list[Any] = []
    client = make_client(on_error=heard.append, delivery=ON_FLUSH)
    keys = [client.track(openai_chat()).idempotency_key for _ in range(25)]
    assert counts(client.flush()) == (25, 25, 0, 0)
    assert [event["idempotencyKey"] for event in service.events] == keys
    assert heard == []
    assert service.script == []


def test_retry_after_is_waited_for(service: Any, make_client: Any) -> None:
    service.script = [refuse(429, "RATE_LIMIT_EXCEEDED", Retry_After="1")]
    client = make_client()
    client.track(openai_chat())
    started = time.monotonic()
    assert counts(client.flush()) == (1, 1, 0, 0)
    assert time.monotonic() - started >= 1.0


def test_a_date_in_retry_after_is_waited_for(service: Any, make_client: Any) -> None:
    from email.utils import formatdate

    # Whole seconds, and the clock goes on meanwhile: three from now is more than one.
    service.script = [refuse(503, "SERVICE_UNAVAILABLE", Retry_After=formatdate(time.time() + 3, usegmt=True))]
    client = make_client()
    client.track(openai_chat())
    started = time.monotonic()
    assert counts(client.flush()) == (1, 1, 0, 0)
    assert time.monotonic() - started >= 0.9


def test_a_refused_key_is_not_tried_again_and_told_once(service: Any, make_client: Any) -> None:
    service.script = [refuse(401, "UNAUTHORIZED")]
    heard: list[Any] = []
    client = make_client(on_error=heard.append, delivery=ON_FLUSH)
    for _ in range(10):
        client.track(openai_chat())
    assert counts(client.flush()) == (10, 0, 10, 0)
    assert len(service.batches) == 1
    (error,) = heard
    assert type(error) is bearlumen.AuthenticationError
    assert (error.code, error.status, error.events) == ("unauthorized", 401, 10)
    assert error.correlation_id == "OLIVE-DINOSAUR-1b2fE4"


def test_of_a_partial_failure_only_the_failed_part_is_sent_again(service: Any, make_client: Any) -> None:
    service.script = [Answer(207, errors={1: RETRYABLE, 2: PERMANENT, 3: PERMANENT})]
    heard: list[Any] = []
    client = make_client(on_error=heard.append, delivery=ON_FLUSH)
    keys = [client.track(openai_chat()).idempotency_key for _ in range(5)]
    assert counts(client.flush()) == (5, 3, 2, 0)
    assert service.batches == [keys, [keys[1]]]
    assert sorted(service.stored) == sorted([keys[0], keys[1], keys[4]])
    (error,) = heard
    assert type(error) is bearlumen.InvalidRequestError and error.events == 2


def test_a_batch_too_large_is_sent_in_parts(service: Any, make_client: Any) -> None:
    service.script = [refuse(413, "PAYLOAD_TOO_LARGE")]
    client = make_client(delivery=ON_FLUSH)
    for _ in range(8):
        client.track(openai_chat())
    assert counts(client.flush()) == (8, 8, 0, 0)
    assert [len(batch) for batch in service.batches] == [8, 4, 4]


def test_a_full_queue_drops_and_tells_and_never_blocks(service: Any, make_client: Any) -> None:
    service.script = [Answer(how="never", stores=False)]
    heard: list[Any] = []
    delivery = {"maxQueueEvents": 10, "flushIntervalMs": 20, "firstBackoffMs": 20}
    client = make_client(on_error=heard.append, delivery=delivery)
    client.track(openai_chat())
    assert service.arrived.acquire(timeout=5)
    for _ in range(99):
        client.track(openai_chat())
    assert counts(client.stats()) == (100, 0, 90, 10)
    service.hold.set()
    assert counts(client.flush()) == (100, 10, 90, 0)
    assert {error.code for error in heard} == {"queue_full"}
    assert sum(error.events for error in heard) == 90


def test_events_go_without_a_flush(service: Any, make_client: Any) -> None:
    client = make_client()
    client.track(openai_chat())
    assert service.arrived.acquire(timeout=5)
    client.track(openai_chat())
    assert service.arrived.acquire(timeout=5), "the thread woke up for the second one too"


def test_a_full_batch_does_not_wait_for_the_interval(service: Any, make_client: Any) -> None:
    client = make_client(delivery={"flushIntervalMs": 3_600_000, "maxBatchEvents": 10})
    for _ in range(9):
        client.track(openai_chat())
    assert not service.arrived.acquire(timeout=0.3)
    client.track(openai_chat())
    assert service.arrived.acquire(timeout=5)


def test_flush_ends_at_its_timeout_and_nothing_is_lost(service: Any, make_client: Any) -> None:
    service.script = [Answer(how="never", stores=False)]
    client = make_client()
    client.track(openai_chat())
    started = time.monotonic()
    assert counts(client.flush(timeout=0.2)) == (1, 0, 0, 1)
    assert time.monotonic() - started < 2
    service.hold.set()
    assert counts(client.flush()) == (1, 1, 0, 0)


def test_shutdown_ends_at_its_timeout_and_says_what_is_pending(service: Any, make_client: Any) -> None:
    service.script = [Answer(how="never", stores=False)]
    client = make_client()
    client.track(openai_chat())
    started = time.monotonic()
    assert counts(client.shutdown(timeout=0.2)) == (1, 0, 0, 1)
    assert time.monotonic() - started < 2


def test_after_shutdown_events_are_dropped_counted_and_told(make_client: Any) -> None:
    heard: list[Any] = []
    client = make_client(on_error=heard.append)
    client.track(openai_chat())
    assert counts(client.shutdown()) == (1, 1, 0, 0)
    assert client.track(openai_chat()).input_tokens == 1024
    assert counts(client.shutdown()) == counts(client.flush()) == (2, 1, 1, 0)
    assert [error.code for error in heard] == ["client_closed"]


def test_leaving_the_with_block_delivers(service: Any, make_client: Any) -> None:
    with make_client() as client:
        client.track(openai_chat())
    assert counts(client.stats()) == (1, 1, 0, 0)
    assert not client._worker._thread.is_alive()


def test_an_error_handler_that_raises_harms_nothing(service: Any, make_client: Any, caplog: Any) -> None:
    service.script = [refuse(401, "UNAUTHORIZED")]

    def on_error(error: Exception) -> None:
        raise RuntimeError("a handler with a mistake")

    client = make_client(on_error=on_error)
    client.track(openai_chat())
    assert counts(client.flush()) == (1, 0, 1, 0)
    client.track(openai_chat())
    assert counts(client.flush()) == (2, 1, 1, 0)
    assert "on_error raised" in caplog.text


def test_an_error_handler_may_flush(service: Any, make_client: Any) -> None:
    service.script = [Answer(207, errors={0: PERMANENT, 1: RETRYABLE})]
    client = make_client(on_error=lambda error: client.flush(), delivery=ON_FLUSH)
    client.track(openai_chat())
    client.track(openai_chat())
    started = time.monotonic()
    # It runs in the thread that delivers, so it is not kept waiting for itself.
    assert counts(client.flush()) == (2, 1, 1, 0)
    assert time.monotonic() - started < 2


def test_one_idempotency_key_is_one_event(service: Any, make_client: Any) -> None:
    client = make_client()
    ids = {client.track(openai_chat(), idempotency_key="invoice-1").event_id for _ in range(3)}
    assert len(ids) == 1
    assert counts(client.flush()) == (3, 3, 0, 0)
    assert len(service.events) == 1


def test_many_threads_track_flush_and_shut_down_at_once(service: Any, make_client: Any) -> None:
    service.script = [refuse(500, "INTERNAL_ERROR"), Answer(how="reset"), Answer(207, errors={0: RETRYABLE})]
    client = make_client(timeout=30.0)
    response = openai_chat()

    def work(number: int) -> None:
        for turn in range(200):
            client.track(response, user_id=number)
            if turn % 50 == number:
                client.flush(timeout=10)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ends = [threading.Thread(target=client.shutdown) for _ in range(4)]
    for thread in ends:
        thread.start()
    for thread in ends:
        thread.join()
    assert counts(client.stats()) == (3200, 3200, 0, 0)
    assert len(service.events) == 3200


def test_a_flush_ends_though_others_track_and_flush_without_end(service: Any, make_client: Any) -> None:
    client = make_client(timeout=30.0)

    def others() -> Answer:
        if len(service.batches) < 300:
            client.track(openai_chat())
            client.flush(timeout=0)
        return Answer()

    service.trouble = others
    client.track(openai_chat())
    client.flush()
    assert len(service.batches) < 50


def test_a_shutdown_in_the_middle_of_tracking_loses_count_of_nothing(service: Any, make_client: Any) -> None:
    told: list[int] = []
    client = make_client(timeout=30.0, on_error=lambda error: told.append(error.events))
    response = openai_chat()
    has_ended = threading.Event()
    made = [0] * 16

    def work(number: int) -> None:
        while not has_ended.is_set() or made[number] < 50:
            client.track(response)
            made[number] += 1
            if made[number] % 64 == number:
                client.flush(timeout=5)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    at_shutdown = client.shutdown()
    assert at_shutdown.tracked == at_shutdown.sent + at_shutdown.dropped + at_shutdown.pending
    time.sleep(0.1)
    has_ended.set()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    stats = client.shutdown()
    assert stats.tracked == sum(made)
    assert counts(stats) == (stats.tracked, len(service.events), stats.tracked - len(service.events), 0)
    assert stats.dropped > 0 and stats.dropped_by_reason.closed == stats.dropped == sum(told)


@pytest.mark.parametrize("asks", [None, "1"], ids=["no header", "Retry-After: 1"])
def test_a_hundred_clients_that_failed_together_do_not_come_back_together(asks: Any, service: Any) -> None:
    headers = {} if asks is None else {"Retry_After": asks}
    service.refuses_first = refuse(429, "RATE_LIMIT_EXCEEDED", **headers)
    # Without a header between 500 and 1000 ms, with it between 1000 and 1250.
    first, spread = (500, 500) if asks is None else (1_000, 250)
    delivery = {"flushIntervalMs": 3_600_000, "firstBackoffMs": 1_000 if asks is None else 20}
    settings: Any = {"base_url": service.url, "delivery": delivery, "verify": False}
    clients = [bearlumen.Client(f"sk_{n}", **settings) for n in range(100)]
    for client in clients:
        client.track(openai_chat())
    ends = [threading.Thread(target=client.flush, args=(30,)) for client in clients]
    for end in ends:
        end.start()
    for end in ends:
        end.join()
    pauses = sorted(1000 * (second - one) for one, second in service.times_by_key("authorization"))
    assert len(pauses) == 100
    assert min(pauses) >= first
    # At random four fifths of the spread lie between them, and on a busy machine more; of those that come together none.
    assert pauses[90] - pauses[10] > spread / 2, pauses
    for client in clients:
        assert counts(client.shutdown()) == (1, 1, 0, 0)


def test_the_log_says_once_that_the_service_is_away(caplog: Any) -> None:
    client = bearlumen.Client("sk_test_secret", base_url="http://127.0.0.1:9", delivery={"firstBackoffMs": 10})
    with caplog.at_level(logging.DEBUG):
        client.track(openai_chat())
        client.flush(timeout=0.5)
        client.shutdown(timeout=0)
    warnings = [record for record in caplog.records if record.name == "bearlumen"]
    assert len(warnings) == 1 and "http://127.0.0.1:9" in warnings[0].getMessage()
    assert "sk_test_secret" not in caplog.text


def test_an_event_says_what_was_so_when_it_was_tracked(service: Any, make_client: Any) -> None:
    client = make_client(delivery=ON_FLUSH)
    completion = ChatCompletion.model_validate(openai_chat())
    usage = completion.usage
    assert usage is not None
    prompt, model = usage.prompt_tokens, completion.model
    dimensions, metadata = {"team": "search"}, {"n": 1}
    before = int(time.time() * 1000)
    result = client.track(completion, idempotency_key="key", dimensions=dimensions, metadata=metadata)
    after = int(time.time() * 1000)
    usage.prompt_tokens = usage.completion_tokens = usage.total_tokens = 1
    completion.model = "gpt-4o-mini"
    dimensions["team"] = "other"
    metadata["n"] = 2
    time.sleep(0.01)
    assert counts(client.stats()) == (1, 0, 0, 1)
    assert (result.input_tokens, result.model) == (prompt, model)
    client.flush()
    (event,) = service.events
    assert (event["model"], event["quantity"]) == (model, result.total_tokens)
    assert (event["dimensions"], event["metadata"]) == ({"team": "search"}, {"n": 1})
    assert before <= event["trackedAt"] <= after


def test_events_go_out_though_nobody_asks_for_anything(service: Any, make_client: Any) -> None:
    client = make_client()
    client.track(ChatCompletion.model_validate(openai_chat()))
    deadline = time.monotonic() + 5
    while not service.stored and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(service.stored) == 1


def test_a_full_batch_of_objects_does_not_wait(service: Any, make_client: Any) -> None:
    client = make_client(delivery={**ON_FLUSH, "maxBatchEvents": 64})
    completion = ChatCompletion.model_validate(openai_chat())
    for _ in range(64):
        client.track(completion)
    deadline = time.monotonic() + 5
    while len(service.stored) < 64 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(service.stored) == 64


def test_the_order_of_calls_is_that_of_their_events(service: Any, make_client: Any) -> None:
    client = make_client(delivery=ON_FLUSH)
    completion = ChatCompletion.model_validate(openai_chat())
    keys = [f"key-{number}" for number in range(90)]
    for number, key in enumerate(keys):
        client.track(completion if number % 3 else openai_chat(), idempotency_key=key)
    assert counts(client.flush()) == (90, 90, 0, 0)
    assert list(service.stored) == keys


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_what_is_large_is_not_held_until_its_event_is_made(make_client: Any) -> None:
    def resident_mb() -> float:
        status = Path("/proc/self/status").read_text("ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

    client = make_client(delivery=ON_FLUSH)
    completion = ChatCompletion.model_validate(openai_chat())
    before = resident_mb()
    for _ in range(20):
        client.track(completion, metadata={"text": "x" * 10_000_000})
    assert resident_mb() - before < 100
    for _ in range(20):
        client.track(ChatCompletion.model_validate({**openai_chat(), "model": "x" * 10_000_000}))
    assert resident_mb() - before < 100
    assert client.stats().tracked == 40


def test_objects_beyond_the_bound_are_dropped_counted_and_told(service: Any, make_client: Any) -> None:
    heard: list[Any] = []
    client = make_client(on_error=heard.append, delivery={**ON_FLUSH, "maxQueueEvents": 10})
    completion = ChatCompletion.model_validate(openai_chat())
    results = [client.track(completion) for _ in range(40)]
    assert counts(client.stats()) == (40, 0, 30, 10)
    assert {result.model for result in results} == {completion.model}
    assert counts(client.flush()) == (40, 10, 30, 0)
    deadline = time.monotonic() + 5
    while sum(error.events for error in heard) < 30 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert sum(error.events for error in heard) == 30
