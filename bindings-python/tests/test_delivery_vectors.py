"""The scripts of delivery, step by step with the clock they name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import vectors

from bearlumen._native import DeliveryScript


def event(name: str, size: int) -> bytes:
    text = json.dumps({"idempotencyKey": name}, separators=(",", ":"))
    return text.encode().ljust(size)


class Run:
    """One script on one state machine."""

    def __init__(self, policy: dict[str, int]) -> None:
        self.machine = DeliveryScript(policy)
        self.batch = 0

    def step(self, step: dict[str, Any]) -> None:
        now = step["at"]
        kinds = set(step) & {"enqueue", "next", "report", "flush", "close", "flushed", "stats"}
        assert len(kinds) == 1, f"a step this loader does not know: {step}"
        getattr(self, kinds.pop())(step, now)

    def enqueue(self, step: dict[str, Any], now: int) -> None:
        assert self.machine.enqueue(event(step["enqueue"], step.get("size", 0)), now) == step["expect"]

    def next(self, step: dict[str, Any], now: int) -> None:
        batch, wait_until = self.machine.next_step(now)
        found: Any = "idle" if wait_until is None else {"waitUntil": wait_until}
        if batch is not None:
            self.batch, body = batch
            found = {"send": [sent["idempotencyKey"] for sent in json.loads(body)["events"]]}
        assert found == step["next"]

    def report(self, step: dict[str, Any], now: int) -> None:
        jitter = min(int(step.get("jitter", 0) * 2**32), 2**32 - 1)
        answer = step["report"]
        if answer == "unreachable":
            problems = self.machine.report(self.batch, None, None, b"", now, jitter)
        else:
            body = answer.get("body", "")
            content = body if isinstance(body, str) else json.dumps(body)
            problems = self.machine.report(
                self.batch, answer["status"], answer.get("retryAfter"), content.encode(), now, jitter
            )
        found = [{"code": code.upper(), "events": events} for _, code, _, _, _, events in problems]
        assert found == step.get("problems", found)

    def flush(self, step: dict[str, Any], now: int) -> None:
        self.machine.flush()

    def close(self, step: dict[str, Any], now: int) -> None:
        self.machine.close()

    def flushed(self, step: dict[str, Any], now: int) -> None:
        assert self.machine.is_flushed() == step["flushed"]

    def stats(self, step: dict[str, Any], now: int) -> None:
        stats = self.machine.stats()
        assert {name: stats[name] for name in step["stats"]} == step["stats"]


@pytest.mark.parametrize("script", vectors("delivery"))
def test_delivery_script(script: dict[str, Any]) -> None:
    run = Run(script.get("policy", {}))
    for number, step in enumerate(script["steps"], start=1):
        try:
            run.step(step)
        except AssertionError as error:
            raise AssertionError(f"step {number}, {step}") from error
        stats = run.machine.stats()
        assert stats.tracked == stats.sent + stats.dropped + stats.pending


def test_a_policy_with_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="maxBatchEvent"):
        DeliveryScript({"maxBatchEvent": 1})
