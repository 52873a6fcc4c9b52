"""An acknowledged event is stored exactly once, with its sums, whatever dies and however often it is sent."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

import httpx
import pytest

import ledger

CRASH_ROUNDS = int(os.environ.get("BEARLUMEN_CRASH_ROUNDS", "2"))
CRASH_WRITERS = 8


def event(key: str, **more) -> dict:
    return {
        "idempotencyKey": key,
        "provider": "openai",
        "model": "gpt-4o",
        "userId": f"user-{hash(key) % 5}",
        "feature": "chat",
        "usage": {"input": 1000, "output": 10},
        **more,
    }


def test_a_hundred_concurrent_sends_of_one_event_record_it_once(host):
    organization = host.organization()
    barrier = threading.Barrier(100)

    def send(_):
        barrier.wait()
        return host.call(organization, "POST", "/v1/usage/events", json=event("the same"))

    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(send, range(100)))
    assert {answer.status_code for answer in answers} == {200, 201}
    assert sum(answer.json()["recorded"] for answer in answers) == 1
    assert len({answer.json()["eventId"] for answer in answers}) == 1
    summary = host.call(organization, "GET", "/v1/cost-data/summary").json()
    assert (summary["eventCount"], summary["totalCostNanos"]) == (1, "2600000")


def test_concurrent_batches_with_shared_keys_record_each_key_once(host):
    organization = host.organization()

    def send(start):
        events = [event(f"key-{n}") for n in range(start, start + 300)]
        return host.call(organization, "POST", "/v1/usage/events/batch", json={"events": events}).json()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(0, 800, 100)))
    assert sum(answer["recordedCount"] for answer in answers) == 1000
    assert sum(answer["recordedCount"] + answer["skippedCount"] for answer in answers) == 8 * 300
    assert all(answer["failedCount"] == 0 for answer in answers)
    assert host.call(organization, "GET", "/v1/cost-data/summary").json()["eventCount"] == 1000


def test_a_key_is_known_after_many_events_and_after_a_start(mortal_host):
    """Past 131,072 events keys are looked up in a table, and a host may do so by a filter that it makes as it goes."""
    host = mortal_host
    organization = host.organization()
    batches = 280

    def send(number, **more):
        events = [event(f"many-{n}", **more) for n in range(number * 1000, number * 1000 + 1000)]
        answer = host.call(organization, "POST", "/v1/usage/events/batch", json={"events": events}).json()
        return answer["recordedCount"], answer["skippedCount"], answer["failedCount"]

    def earlier_ones_are_known():
        for number in (0, 77, 130, 131, 200, 262, batches - 1):
            assert send(number) == (0, 1000, 0), number
            assert send(number, usage={"input": 999, "output": 10}) == (0, 0, 1000), number

    for number in range(batches):
        assert send(number) == (1000, 0, 0)
    earlier_ones_are_known()
    host.stop()
    host.start()
    earlier_ones_are_known()
    # A thousand ids have 8,000 rows of the table read.
    for number in range(batches, batches + 40):
        assert send(number) == (1000, 0, 0)
        if number % 4 == 0:
            assert send(number % 261) == (0, 1000, 0)
    earlier_ones_are_known()
    summary = host.call(organization, "GET", "/v1/cost-data/summary").json()
    assert summary["eventCount"] == (batches + 40) * 1000


def test_what_the_sums_cannot_hold_is_refused_and_what_they_can_is_recorded(mortal_host):
    """A cost is at most $9,000,000, and 1,024 of them are the most below 2^63 nano-dollars."""
    host = mortal_host
    organization = host.organization()
    dear_nanos = 9_000_000 * 10**9
    path = "/v1/usage/events/batch"

    def batch(first, count):
        return {"events": [event(f"dear-{n}", cost=9_000_000) for n in range(first, first + count)]}

    def total():
        summary = host.call(organization, "GET", "/v1/cost-data/summary").json()
        return summary["eventCount"], int(summary["totalCostNanos"])

    assert host.call(organization, "POST", path, json=batch(0, 1000)).status_code == 201
    answer = host.call(organization, "POST", path, json=batch(1000, 30))
    told = answer.json()
    assert (answer.status_code, told["recordedCount"], told["failedCount"]) == (207, 24, 6)
    refused = [result["index"] for result in told["results"] if "error" in result]
    assert refused == list(range(24, 30))
    assert "would pass 2^63 nano-dollars" in told["results"][29]["error"]["message"]
    assert total() == (1024, 1024 * dear_nanos)

    host.stop()
    host.start()
    one = host.call(organization, "POST", "/v1/usage/events", json=event("one too many", cost=9_000_000))
    assert one.status_code == 400, one.text
    assert "would pass 2^63 nano-dollars" in one.json()["error"]["message"]
    small = host.call(organization, "POST", "/v1/usage/events", json=event("small", cost=1))
    assert small.status_code == 201, small.text
    again = host.call(organization, "POST", path, json=batch(1000, 24)).json()
    assert again["skippedCount"] == 24
    assert total() == (1025, 1024 * dear_nanos + 10**9)
    host.stop()
    assert sum(ledger.check(path) for path in ledger.databases(host.folder)) == 1025


def test_a_batch_in_no_order_shares_blocks(mortal_host):
    host = mortal_host
    organization = host.organization()
    quarter_ms = 900_000
    start_ms = (int(time.time() * 1000) // quarter_ms - 100) * quarter_ms
    events = [event(f"odd-{n}", eventTimestamp=start_ms + n * 37 % 96 * quarter_ms + n) for n in range(960)]
    path = "/v1/usage/events/batch"
    answer = host.call(organization, "POST", path, json={"events": events}).json()
    assert answer["recordedCount"] == 960
    sent = [datetime.fromtimestamp(e["eventTimestamp"] / 1000, timezone.utc) for e in events]
    told = [datetime.fromisoformat(result["eventTimestamp"]) for result in answer["results"]]
    assert told == sent
    again = host.call(organization, "POST", path, json={"events": events[::-1]}).json()
    assert again["skippedCount"] == 960
    one = host.call(organization, "GET", f"/v1/usage/events/{answer['results'][500]['eventId']}").json()
    assert datetime.fromisoformat(one["eventTimestamp"]) == sent[500]
    host.stop()
    assert sum(ledger.check(path) for path in ledger.databases(host.folder)) == 960
    blocks = 0
    for path in ledger.databases(host.folder):
        with sqlite3.connect(path) as database:
            blocks += database.execute("SELECT COUNT(*) FROM block").fetchone()[0]
    assert blocks == 96


def write_until_cut(host, organization, writer: int, acknowledged: list, attempted: list):
    """Sends single events one after the other until the connection breaks."""
    with httpx.Client(timeout=10, trust_env=False) as client:
        headers = {"authorization": f"Bearer {organization.key}"}
        for number in range(1_000_000):
            key = f"w{writer}-{number}"
            attempted.append(key)
            try:
                answer = client.post(f"{host.base_url}/v1/usage/events", json=event(key), headers=headers)
            except httpx.TransportError:
                return
            assert answer.status_code == 201, answer.text
            acknowledged.append(key)


@pytest.mark.parametrize("crash", range(CRASH_ROUNDS))
def test_what_was_acknowledged_survives_kill_9(mortal_host, crash):
    host = mortal_host
    organization = host.organization()
    acknowledged, attempted = [], []
    writers = [
        threading.Thread(target=write_until_cut, args=(host, organization, n, acknowledged, attempted))
        for n in range(CRASH_WRITERS)
    ]
    for writer in writers:
        writer.start()
    deadline = time.monotonic() + 60
    while len(acknowledged) <= 100 * (crash + 1) and time.monotonic() < deadline:
        time.sleep(0.01)
    host.kill()
    for writer in writers:
        writer.join()
    assert len(acknowledged) > 100, "the writers hardly ran"

    host.start()
    recorded_again = []
    for start in range(0, len(acknowledged), 500):
        keys = acknowledged[start : start + 500]
        events = [event(key) for key in keys]
        answer = host.call(organization, "POST", "/v1/usage/events/batch", json={"events": events})
        assert answer.status_code == 201, answer.text
        recorded_again += [keys[result["index"]] for result in answer.json()["results"] if result["recorded"]]
    assert recorded_again == [], f"{len(recorded_again)} of {len(acknowledged)} acknowledged events were lost"
    stored = host.call(organization, "GET", "/v1/cost-data/summary").json()["eventCount"]
    assert len(acknowledged) <= stored <= len(attempted)
    print(f"{host.name}: {len(acknowledged)} acknowledged before kill -9, {stored} stored, none lost, none twice")

    host.stop()
    counts = [ledger.check(path) for path in ledger.databases(host.folder)]
    assert stored in counts
