"""Every method of every resource asks what it should, in both clients."""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import inspect
import warnings
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import QUICK

import bearlumen

PACKAGE = Path(bearlumen.__file__).parent
SPAN = {"start_date": "2026-01-01", "end_date": date(2026, 1, 31)}
ASKED = {"start_date": "2026-01-01", "end_date": "2026-01-31"}
PAGED = {"limit": 5, "offset": 10}
ASKED_PAGE = {"limit": "5", "offset": "10"}

# Resource and method; arguments; verb, path; query, or body of what writes.
CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any], str, str, Any]] = [
    *[
        (f"costs.by_{what}", (), SPAN, "GET", f"/v1/cost-data/by-{what.replace('_', '-')}", ASKED)
        for what in ("model", "provider", "feature", "agent", "workflow", "end_user")
    ],
    ("costs.trend", (), {**SPAN, "granularity": "week"}, "GET", "/v1/cost-data/trend", {**ASKED, "granularity": "week"}),
    ("costs.summary", ("last-7-days",), {}, "GET", "/v1/cost-data/summary", {"time_window": "last-7-days"}),
    *[
        (
            f"costs.detailed_by_{what}",
            (),
            {**SPAN, **PAGED},
            "GET",
            f"/v1/cost-data/detailed/by-{what.replace('_', '-')}",
            {**ASKED, **ASKED_PAGE},
        )
        for what in ("model", "provider", "end_user")
    ],
    ("attribution.by_dimension", ("team",), SPAN, "GET", "/v1/attribution/by-dimension", {"dimension": "team", **ASKED}),
    ("attribution.dimension_values", ("team",), {}, "GET", "/v1/attribution/dimension-values", {"dimension": "team"}),
    ("attribution.dimension_keys", (), SPAN, "GET", "/v1/attribution/dimension-keys", ASKED),
    (
        "attribution.time_series",
        ("team",),
        {**SPAN, "granularity": "day", "limit": 3},
        "GET",
        "/v1/attribution/time-series",
        {"dimension": "team", **ASKED, "granularity": "day", "limit": "3"},
    ),
    ("attribution.agents", (), SPAN, "GET", "/v1/attribution/agents", ASKED),
    ("attribution.workflows", (), SPAN, "GET", "/v1/attribution/workflows", ASKED),
    (
        "attribution.sessions",
        (),
        {**SPAN, **PAGED, "session_type": "chat", "user_id": "u"},
        "GET",
        "/v1/attribution/sessions",
        {**ASKED, **ASKED_PAGE, "session_type": "chat", "user_id": "u"},
    ),
    (
        "attribution.session_comparison",
        (),
        {**SPAN, "session_types": ["a", "b"]},
        "GET",
        "/v1/attribution/session-comparison",
        {**ASKED, "session_types": "a,b"},
    ),
    ("attribution.session_detail", ("s/1 ?",), {}, "GET", "/v1/attribution/sessions/s%2F1%20%3F", {}),
    ("cost_attribution.by_agent", (), SPAN, "GET", "/v1/cost-attribution/by-agent", ASKED),
    ("cost_attribution.by_workflow", (), SPAN, "GET", "/v1/cost-attribution/by-workflow", ASKED),
    ("cost_attribution.list_agents", (), SPAN, "GET", "/v1/cost-attribution/agents", ASKED),
    ("cost_attribution.list_workflows", (), SPAN, "GET", "/v1/cost-attribution/workflows", ASKED),
    ("dimensions.definitions", (), {}, "GET", "/v1/dimensions", {}),
    ("dimensions.cost_breakdown", ("team",), SPAN, "GET", "/v1/dimensions/team/costs", ASKED),
    ("dimensions.cost_trend", ("team",), {"value": "x"}, "GET", "/v1/dimensions/team/trend", {"value": "x"}),
    ("dimensions.numeric_summary", ("ms",), SPAN, "GET", "/v1/dimensions/ms/numeric-summary", ASKED),
    ("dimensions.numeric_trend", ("ms",), {"granularity": "hour"}, "GET", "/v1/dimensions/ms/numeric-trend", {"granularity": "hour"}),
    ("margins.summary", (), SPAN, "GET", "/v1/margins/summary", ASKED),
    ("margins.by_end_user", (), {**SPAN, **PAGED, "sort": "margin"}, "GET", "/v1/margins/by-end-user", {**ASKED, **ASKED_PAGE, "sort": "margin"}),
    ("margins.trend", (), {**SPAN, "granularity": "month"}, "GET", "/v1/margins/trend", {**ASKED, "granularity": "month"}),
    (
        "insights.summary",
        (),
        {"start": "2026-01-01", "end": "2026-01-31", "include": ["distributions"], "limit": 10},
        "GET",
        "/v1/insights/summary",
        {"start": "2026-01-01", "end": "2026-01-31", "include": "distributions", "limit": "10"},
    ),
    (
        "usage.events",
        (),
        {**SPAN, **PAGED, "model": "gpt-4o", "basis": "exact"},
        "GET",
        "/v1/usage/events",
        {**ASKED, **ASKED_PAGE, "model": "gpt-4o", "basis": "exact"},
    ),
    ("usage.query", ("sub_1", "llm_tokens"), SPAN, "GET", "/v1/usage/query", {"subscription_id": "sub_1", "metric_name": "llm_tokens", **ASKED}),
    ("usage.retrieve", ("evt_1",), {}, "GET", "/v1/usage/events/evt_1", {}),
    ("usage.summary", ("sub_1",), SPAN, "GET", "/v1/usage/summary", {"subscription_id": "sub_1", **ASKED}),
    ("usage.aggregation", (), {**SPAN, "metric_name": "m"}, "GET", "/v1/usage/aggregation", {**ASKED, "metric_name": "m"}),
    (
        "usage.record",
        ("token_usage", "llm_tokens", 150000),
        {"idempotency_key": "k", "agent_id": "bot", "event_timestamp": datetime(2026, 1, 2, tzinfo=timezone.utc), "metadata": {"a_b": 1}},
        "POST",
        "/v1/usage/events",
        {
            "eventType": "token_usage",
            "metricName": "llm_tokens",
            "quantity": 150000,
            "idempotencyKey": "k",
            "eventTimestamp": "2026-01-02T00:00:00+00:00",
            "agentId": "bot",
            "metadata": {"a_b": 1},
        },
    ),
    (
        "usage.record_batch",
        ([{"event_type": "a", "metric_name": "m", "quantity": 1, "idempotency_key": "k"}, {"usage": {"input": 1}, "idempotencyKey": "l"}],),
        {},
        "POST",
        "/v1/usage/events/batch",
        {
            "events": [
                {"eventType": "a", "metricName": "m", "quantity": 1, "idempotencyKey": "k"},
                {"usage": {"input": 1}, "idempotencyKey": "l"},
            ]
        },
    ),
    (
        "end_users.create",
        ("user_1",),
        {"name": "N", "email": "n@example.com", "metadata": {"plan_x": 1}},
        "POST",
        "/v1/end-users",
        {"externalId": "user_1", "name": "N", "email": "n@example.com", "metadata": {"plan_x": 1}},
    ),
    (
        "revenue.record",
        ("user_1", Decimal("29.99"), "2026-01-01", date(2026, 1, 31)),
        {"idempotency_key": "k", "subscription_id": "sub_1"},
        "POST",
        "/v1/revenue/events",
        {
            "userId": "user_1",
            "amount": 29.99,
            "periodStart": "2026-01-01",
            "periodEnd": "2026-01-31",
            "idempotencyKey": "k",
            "subscriptionId": "sub_1",
        },
    ),
    ("revenue.list", ("u",), PAGED, "GET", "/v1/revenue/events", {**ASKED_PAGE, "user_id": "u"}),
    ("end_users.retrieve", ("eu_1",), {}, "GET", "/v1/end-users/eu_1", {}),
    ("end_users.update", ("eu_1",), {"name": "M"}, "PATCH", "/v1/end-users/eu_1", {"name": "M"}),
    ("end_users.list", (), {"status": "ACTIVE", **PAGED}, "GET", "/v1/end-users", {"status": "ACTIVE", **ASKED_PAGE}),
    ("end_users.deactivate", ("eu_1",), {}, "POST", "/v1/end-users/eu_1/deactivate", None),
    ("end_users.reactivate", ("eu_1",), {}, "POST", "/v1/end-users/eu_1/reactivate", None),
    (
        "subscriptions.create",
        (),
        {"organization_id": "o", "plan_id": "p", "billing_cycle": "monthly", "start_date": "2026-01-01T00:00:00Z"},
        "POST",
        "/v1/subscriptions",
        {"organizationId": "o", "planId": "p", "billingCycle": "monthly", "startDate": "2026-01-01T00:00:00Z"},
    ),
    (
        "subscriptions.create",
        (),
        {"user_id": "u", "pricing_plan_id": "p", "current_period_start": "a", "current_period_end": "b", "stripe_subscription_id": "s"},
        "POST",
        "/v1/subscriptions",
        {"userId": "u", "pricingPlanId": "p", "currentPeriodStart": "a", "currentPeriodEnd": "b", "stripeSubscriptionId": "s"},
    ),
    ("subscriptions.retrieve", ("sub_1",), {}, "GET", "/v1/subscriptions/sub_1", {}),
    ("subscriptions.update", ("sub_1",), {"plan_id": "q"}, "PATCH", "/v1/subscriptions/sub_1", {"planId": "q"}),
    ("subscriptions.cancel", ("sub_1",), {}, "POST", "/v1/subscriptions/sub_1/cancel", None),
    ("budgets.create", (Decimal("0.1"),), {"name": "n", "user_id": "u"}, "POST", "/v1/budgets", {"amount": "0.1", "name": "n", "userId": "u"}),
    ("budgets.create", (500,), {"agent_id": "a"}, "POST", "/v1/budgets", {"amount": 500, "agentId": "a"}),
    ("budgets.list", (), PAGED, "GET", "/v1/budgets", ASKED_PAGE),
    ("budgets.delete", ("bud_1",), {}, "DELETE", "/v1/budgets/bud_1", None),
    ("subscriptions.list", (), {"organization_id": "o", **PAGED}, "GET", "/v1/subscriptions", {"organization_id": "o", **ASKED_PAGE}),
]
NAMES = [f"{call[0]}-{number}" for number, call in enumerate(CALLS)]
RESOURCES = ("attribution", "budgets", "cost_attribution", "costs", "dimensions", "end_users", "insights", "margins", "revenue", "subscriptions", "usage")


def method(client: Any, name: str) -> Callable[..., Any]:
    resource, _, called = name.partition(".")
    found: Callable[..., Any] = getattr(getattr(client, resource), called)
    return found


def asked(service: Any, verb: str) -> tuple[str, str, Any]:
    target, _ = service.requests[-1]
    split = urlsplit(target)
    query = {name: ",".join(values) for name, values in parse_qs(split.query).items()}
    return service.methods[-1], split.path, query if verb == "GET" else service.bodies[-1]


@pytest.mark.parametrize("call", CALLS, ids=NAMES)
def test_a_method_asks_what_it_should(call: Any, service: Any, make_client: Any) -> None:
    name, args, options, verb, path, expected = call
    service.default_reply, service.takes_batches = (200, {}, {"totalCost": 1.5}), False
    result = method(make_client(), name)(*args, **options)
    assert asked(service, verb) == (verb, path, expected)
    assert result["totalCost"] == result["total_cost"] == result.total_cost == 1.5


@pytest.mark.parametrize("call", CALLS, ids=NAMES)
def test_an_asynchronous_method_asks_the_same(call: Any, service: Any) -> None:
    name, args, options, verb, path, expected = call
    service.default_reply, service.takes_batches = (200, {}, {"totalCost": 1.5}), False

    async def main() -> Any:
        async with bearlumen.AsyncClient("sk_test_stub", base_url=service.url, delivery=QUICK) as client:
            return await method(client, name)(*args, **options)

    assert asyncio.run(main()).total_cost == 1.5
    assert asked(service, verb) == (verb, path, expected)


def test_every_method_is_asked_here(make_client: Any) -> None:
    client = make_client()
    there = {
        f"{resource}.{name}"
        for resource in RESOURCES
        for name, _ in inspect.getmembers(getattr(client, resource), inspect.ismethod)
        if not name.startswith("_")
    }
    assert there - {"costs.for_user"} == {call[0] for call in CALLS}


def test_costs_of_one_user(service: Any, make_client: Any) -> None:
    service.default_reply = (200, {}, {"totalCost": 1.5})
    user = make_client().costs.for_user("user/1")
    for name in ("summary", "by_model", "by_provider", "by_feature", "trend"):
        getattr(user, name)(start_date="2026-01-01", end_date="2026-01-31")
        assert asked(service, "GET") == ("GET", f"/v1/end-user-costs/user%2F1/{name.replace('_', '-')}", ASKED)


def test_an_event_without_a_key_gets_one(service: Any, make_client: Any) -> None:
    service.default_reply, service.takes_batches = (200, {}, {}), False
    client = make_client()
    client.usage.record("a", "m", 1)
    client.usage.record_batch([{"event_type": "a"}, {"event_type": "b"}])
    first, batch = service.bodies[-2:]
    keys = {first["idempotencyKey"], *(event["idempotencyKey"] for event in batch["events"])}
    assert len(keys) == 3


@pytest.mark.parametrize("odd", ["", None, True, 1.5], ids=repr)
def test_an_id_that_would_make_another_path_is_refused(odd: Any, service: Any, make_client: Any) -> None:
    with pytest.raises(bearlumen.InvalidRequestError, match="end_user_id"):
        make_client().end_users.deactivate(odd)
    assert service.requests == []


def test_a_parameter_that_says_nothing_is_named(make_client: Any) -> None:
    with pytest.raises(bearlumen.InvalidRequestError, match="start_date"):
        make_client().costs.by_model(start_date=object())


# -- pages ---------------------------------------------------------------------------------------------


def pages(service: Any, total: int, size: int) -> None:
    rows = [{"eventId": f"evt_{number}"} for number in range(total)]
    service.replies["/v1/usage/events"] = [
        (200, {}, {"events": rows[at : at + size], "total": total, "limit": size, "offset": at, "hasMore": at + size < total})
        for at in range(0, total, size)
    ]


def test_all_pages_are_gone_through(service: Any, make_client: Any) -> None:
    pages(service, 7, 3)
    page = make_client().usage.events(limit=3, model="gpt-4o")
    assert (page.total, page.has_more, len(page.events)) == (7, True, 3)
    assert [event.event_id for event in page.auto_paging_iter()] == [f"evt_{number}" for number in range(7)]
    assert [urlsplit(target).query for target, _ in service.requests] == [
        "model=gpt-4o&limit=3",
        "model=gpt-4o&limit=3&offset=3",
        "model=gpt-4o&limit=3&offset=6",
    ]


def test_a_page_is_fetched_when_it_is_reached(service: Any, make_client: Any) -> None:
    pages(service, 7, 3)
    rows = make_client().usage.events(limit=3).auto_paging_iter()
    for _ in range(3):
        next(rows)
    assert len(service.requests) == 1


def test_asynchronous_pages(service: Any) -> None:
    pages(service, 7, 3)

    async def main() -> list[str]:
        async with bearlumen.AsyncClient("sk_test_stub", base_url=service.url) as client:
            page = await client.usage.events(limit=3)
            return [event.event_id async for event in page.auto_paging_aiter()]

    assert asyncio.run(main()) == [f"evt_{number}" for number in range(7)]


# -- asking again --------------------------------------------------------------------------------------

FINE = (200, {}, {"ok": True, "organizationId": "org_1"})


def limited(**headers: str) -> Any:
    return (429, headers, {"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "slower"}})


@pytest.mark.parametrize(
    "trouble", [limited(Retry_After="0"), (503, {}, b""), (502, {}, b"<html>"), "reset"], ids=["429", "503", "502", "reset"]
)
def test_a_question_is_asked_again_where_that_may_help(trouble: Any, service: Any, make_client: Any) -> None:
    service.replies["/v1/ping"] = [trouble, FINE]
    assert make_client().ping().organization_id == "org_1"

    async def main() -> Any:
        async with bearlumen.AsyncClient("sk_test_stub", base_url=service.url) as client:
            return await client.ping()

    service.replies["/v1/ping"] = [trouble, FINE]
    assert asyncio.run(main()).ok is True
    assert len(service.requests) == 4


def test_the_answer_in_the_end_is_the_last(service: Any, make_client: Any) -> None:
    service.replies["/v1/ping"] = limited(Retry_After="0")
    with pytest.raises(bearlumen.RateLimitError) as raised:
        make_client().ping()
    assert raised.value.retry_after == 0 and len(service.requests) == 3


def test_what_will_not_pass_is_not_asked_again(service: Any, make_client: Any) -> None:
    service.replies["/v1/ping"] = (401, {}, {"error": {"code": "UNAUTHORIZED", "message": "no"}})
    with pytest.raises(bearlumen.AuthenticationError):
        make_client().ping()
    assert len(service.requests) == 1


def test_a_long_pause_is_the_callers_to_wait(service: Any, make_client: Any) -> None:
    service.replies["/v1/ping"] = limited(Retry_After="3600")
    with pytest.raises(bearlumen.RateLimitError) as raised:
        make_client().ping()
    assert raised.value.retry_after == 3600 and len(service.requests) == 1


@pytest.mark.parametrize("trouble", [(503, {}, b""), "reset"], ids=["503", "reset"])
def test_what_writes_is_not_done_twice(trouble: Any, service: Any, make_client: Any) -> None:
    service.replies["/v1/end-users"] = trouble
    with pytest.raises(bearlumen.BearLumenError):
        make_client().end_users.create("user_1")
    assert len(service.requests) == 1


def test_what_has_a_key_may_be_written_again(service: Any, make_client: Any) -> None:
    service.takes_batches = False
    client = make_client()
    for path, write in {
        "/v1/usage/events": lambda: client.usage.record("a", "m", 1),
        "/v1/usage/events/batch": lambda: client.usage.record_batch([{"event_type": "a"}]),
        "/v1/revenue/events": lambda: client.revenue.record("u", 1, "2026-01-01", "2026-01-31"),
    }.items():
        service.replies[path] = ["reset", (201, {}, {"recorded": True})]
        write()
        first, second = service.bodies[-2:]
        assert first == second and "Key" in str(first)


def test_retries_can_be_switched_off(service: Any, make_client: Any) -> None:
    service.replies["/v1/ping"] = [(503, {}, b""), FINE]
    with pytest.raises(bearlumen.NetworkError):
        make_client(max_retries=0).ping()
    with pytest.raises(bearlumen.InvalidRequestError, match="max_retries"):
        make_client(max_retries=-1)


# -- the asynchronous half -----------------------------------------------------------------------------


def test_the_asynchronous_resources_are_made_of_the_others() -> None:
    script = Path(__file__).resolve().parents[1] / "scripts" / "async_api.py"
    spec = importlib.util.spec_from_file_location("async_api", script)
    assert spec is not None and spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    for name, text in maker.modules().items():
        assert (PACKAGE / "_api_async" / name).read_text("utf-8") == text, f"run scripts/async_api.py: {name}"


def test_an_asynchronous_client_tracks_and_delivers(service: Any) -> None:
    async def main() -> Any:
        async with bearlumen.AsyncClient("sk_test_stub", base_url=service.url, delivery=QUICK) as client:
            with client.context(user_id="user_1"):
                result = await client.track({"model": "gpt-4o", "usage": {"prompt_tokens": 1, "completion_tokens": 1}})
            assert result.cost.amount is not None
            assert (await client.flush()).sent == 1
            client.track({"model": "gpt-4o", "usage": {"prompt_tokens": 1, "completion_tokens": 1}})
        return client.stats()

    stats = asyncio.run(main())
    assert (stats.tracked, stats.sent) == (2, 2)
    assert service.events[0]["userId"] == "user_1"


def test_flush_does_not_hold_the_event_loop(service: Any) -> None:
    from stub_service import Answer

    service.script = [Answer(how="never", stores=False)]

    async def main() -> int:
        client = bearlumen.AsyncClient("sk_test_stub", base_url=service.url, delivery=QUICK)
        client.track({"model": "gpt-4o"})
        flushing = asyncio.create_task(client.flush(timeout=5))
        turns = 0
        while turns < 20:
            await asyncio.sleep(0.01)
            turns += 1
        assert not flushing.done()
        service.hold.set()
        assert (await flushing).sent == 1
        await client.shutdown()
        return turns

    assert asyncio.run(main()) == 20


def test_an_asynchronous_client_outlives_its_loop(service: Any) -> None:
    service.replies["/v1/ping"] = FINE
    client = bearlumen.AsyncClient("sk_test_stub", base_url=service.url, delivery=QUICK)
    for _ in range(2):
        assert asyncio.run(client.ping()).ok
    assert asyncio.run(client.shutdown()).tracked == 0
    # The sockets of a loop that has ended are closed when they are collected: here, where it is expected.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
