"""A long repricing goes on between other requests; when it is done, every sum is what the events say."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

import ledger

EVENTS = 5_000
DEADLINE_S = 120


def test_a_long_repricing_goes_on_in_the_background_and_every_sum_follows(mortal_host):
    host = mortal_host
    organization = host.organization()
    day = (datetime.now(timezone.utc) - timedelta(days=2)).strftime("%Y-%m-%d")

    def events(start: int) -> list[dict]:
        return [
            {
                "idempotencyKey": f"k{n}", "provider": "openai", "model": "gpt-4o", "userId": f"u{n % 7}",
                "feature": f"f{n % 3}", "sessionId": f"s{n % 50}", "dimensions": {"team": f"t{n % 4}", "size": n},
                "usage": {"input": 1000, "output": 10}, "eventTimestamp": f"{day}T{n % 24:02d}:00:00Z",
            }
            for n in range(start, start + 1000)
        ]

    def send(start: int) -> None:
        answer = host.call(organization, "POST", "/v1/usage/events/batch", json={"events": events(start)})
        assert answer.status_code == 201, answer.text

    for start in range(0, EVENTS, 1000):
        send(start)
    host.call(organization, "POST", "/v1/prices/discounts", json={"percent": 50}).raise_for_status()
    started = host.call(organization, "POST", "/v1/reprice", json={"start": day, "end": day, "dryRun": False}).json()
    assert started["status"] == "running"
    second = host.call(organization, "POST", "/v1/reprice", json={"start": day, "end": day})
    assert second.status_code == 409, "one at a time"
    # Ingestion goes on meanwhile, at the new price.
    send(EVENTS)

    deadline = time.monotonic() + DEADLINE_S
    while True:
        state = host.call(organization, "GET", f"/v1/reprice/{started['repricingId']}").json()
        if state["status"] == "done":
            break
        assert time.monotonic() < deadline, state
        time.sleep(0.05)
    # 2,600,000 nano-dollars each, half of that now.
    assert state["changedEventCount"] == state["eventCount"] == EVENTS
    assert state["differenceNanos"] == str(-1_300_000 * EVENTS)
    summary = host.call(organization, "GET", f"/v1/cost-data/summary?start={day}&end={day}").json()
    assert summary["totalCostNanos"] == str(1_300_000 * (EVENTS + 1000))

    host.stop()
    counts = [ledger.check(path) for path in ledger.databases(host.folder)]
    assert EVENTS + 1000 in counts
