"""The same calls against the service itself, when the environment names one."""

from __future__ import annotations

import asyncio
import os
import uuid
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from responses import anthropic_message, openai_chat

import bearlumen


def test_ping(real_client: bearlumen.Client) -> None:
    answer = real_client.ping()
    assert answer.ok is True and answer.organization_id


def test_what_is_tracked_is_in_the_report(real_client: bearlumen.Client) -> None:
    feature = f"test-{uuid.uuid4()}"
    tracked = [real_client.track(body, feature=feature) for body in (openai_chat(), anthropic_message())]
    stats = real_client.flush()
    assert (stats.tracked, stats.sent, stats.dropped, stats.pending) == (2, 2, 0, 0)
    today = datetime.now(timezone.utc).date()
    report = real_client.costs.by_feature(today - timedelta(days=1), today + timedelta(days=1))
    (row,) = [item for item in report["items"] if item["attributionValue"] == feature]
    expected = sum(result.cost.amount_nanos or 0 for result in tracked) / 1e9
    assert row.event_count == 2
    assert row.total_cost == pytest.approx(expected, abs=1e-9)


def test_a_repeated_key_is_one_event(real_client: bearlumen.Client) -> None:
    feature, key = f"test-{uuid.uuid4()}", str(uuid.uuid4())
    at = datetime.now(timezone.utc)
    for _ in range(3):
        real_client.track(openai_chat(), feature=feature, idempotency_key=key, timestamp=at)
        real_client.flush()
    assert real_client.stats().sent == 3
    report: Any = real_client.costs.by_feature(at.date() - timedelta(days=1), at.date() + timedelta(days=1))
    assert [item.event_count for item in report["items"] if item["attributionValue"] == feature] == [1]


def test_a_wrong_key_is_an_authentication_error(real_client: bearlumen.Client) -> None:
    with pytest.raises(bearlumen.AuthenticationError) as raised:
        bearlumen.Client("sk_test_wrong", base_url=real_client.base_url).ping()
    assert raised.value.correlation_id


def test_a_wrong_window_names_the_valid_ones(real_client: bearlumen.Client) -> None:
    with pytest.raises(bearlumen.InvalidRequestError, match="last-7-days"):
        real_client.costs.summary("weekly")


def check_budgets(made: bearlumen.Budget, listed: bearlumen.Budgets, feature: str) -> None:
    assert (made.name, made.kind, made.value, made.amount_nanos, made.spent_nanos) == ("Chat", "feature", feature, "12340000001", "0")
    assert made.level is None and made.projected is None
    assert made.id in [budget.id for budget in listed.budgets] and listed.total >= 1


def test_budgets(real_client: bearlumen.Client) -> None:
    feature = f"test-{uuid.uuid4()}"
    made = real_client.budgets.create(Decimal("12.340000001"), name="Chat", feature=feature)
    check_budgets(made, real_client.budgets.list(limit=100), feature)
    assert made.id in [budget.id for budget in real_client.budgets.list(limit=1).auto_paging_iter()]
    assert real_client.budgets.delete(made.id).id == made.id
    with pytest.raises(bearlumen.NotFoundError) as gone:
        real_client.budgets.delete(made.id)
    assert made.id in str(gone.value)
    with pytest.raises(bearlumen.InvalidRequestError, match="a budget is for one thing"):
        real_client.budgets.create(1, model="gpt-4o", user_id="u")


def test_budgets_awaited(real_client: bearlumen.Client) -> None:
    feature = f"test-{uuid.uuid4()}"

    async def main() -> None:
        async with bearlumen.AsyncClient(os.environ["BEARLUMEN_TEST_API_KEY"], base_url=real_client.base_url) as client:
            made = await client.budgets.create("12.340000001", name="Chat", feature=feature)
            check_budgets(made, await client.budgets.list(limit=100), feature)
            assert (await client.budgets.delete(made.id)).id == made.id

    asyncio.run(main())
