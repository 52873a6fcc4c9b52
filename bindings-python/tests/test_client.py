"""The client: its construction, its secrets, its reports, its results."""

from __future__ import annotations

import logging
import pickle
from datetime import date, datetime, timezone
from typing import Any

import pytest
from responses import openai_chat

import bearlumen

ROW = {"attributionValue": "gpt-4o", "model": "gpt-4o", "totalCost": 1.25, "eventCount": 3, "percentOfTotal": 100.0}
BREAKDOWN = {"items": [ROW], "breakdown": [ROW], "totalCost": 1.25}


@pytest.mark.parametrize("key", [None, "", "  ", 5, "sk_test\nX-Injected: 1", "sk_tést", "sk test"])
def test_a_key_that_is_none_is_refused_at_construction(key: Any) -> None:
    with pytest.raises(bearlumen.AuthenticationError, match="api_key"):
        bearlumen.Client(key)


@pytest.mark.parametrize(
    "options",
    [
        {"environment": "moon"},
        {"environment": 5},
        {"base_url": "api.bearlumen.com"},
        {"base_url": 5},
        {"timeout": 0},
        {"timeout": float("nan")},
        {"timeout": None},
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_used_is_refused_at_construction(options: Any) -> None:
    with pytest.raises(bearlumen.InvalidRequestError):
        bearlumen.Client("sk_test_x", **options)


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, "https://api.bearlumen.com"),
        ({"environment": "production"}, "https://api.bearlumen.com"),
        ({"environment": "staging"}, "https://api.staging.bearlumen.com"),
        ({"environment": "staging", "base_url": "http://localhost:8787/"}, "http://localhost:8787"),
    ],
    ids=str,
)
def test_the_service_is_where_the_settings_say(options: Any, url: str) -> None:
    assert bearlumen.BearLumen("sk_test_x", **options).base_url == url


def test_the_key_is_shown_nowhere(service: Any, make_client: Any, caplog: Any) -> None:
    with caplog.at_level(logging.DEBUG):
        client = make_client()
        client.track(openai_chat())
        client.flush()
        with pytest.raises(bearlumen.NotFoundError) as raised:
            client.ping()
    assert service.requests[0][1]["authorization"] == "Bearer sk_test_stub"
    for text in (repr(client), str(vars(raised.value)), repr(raised.value), caplog.text):
        assert "sk_test_stub" not in text
    with pytest.raises(TypeError):
        pickle.dumps(client)


def test_ping_names_the_organisation(service: Any, make_client: Any) -> None:
    service.replies["/v1/ping"] = (200, {}, {"ok": True, "organizationId": "org_1"})
    answer = make_client().ping()
    assert answer.ok is True
    assert answer.organization_id == answer["organizationId"] == answer["organization_id"] == "org_1"


@pytest.mark.parametrize("what", ["model", "provider", "feature", "agent", "workflow", "end_user"])
def test_each_breakdown_asks_its_route(what: str, service: Any, make_client: Any) -> None:
    path = f"/v1/cost-data/by-{what.replace('_', '-')}"
    service.replies[path] = (200, {}, BREAKDOWN)
    result = getattr(make_client().costs, f"by_{what}")(start_date="2026-01-01", end_date="2026-01-31")
    assert service.requests[0][0] == f"{path}?start_date=2026-01-01&end_date=2026-01-31"
    assert [item["attributionValue"] for item in result["items"]] == ["gpt-4o"]
    assert [item.total_cost for item in result.breakdown] == [1.25]
    assert result["totalCost"] == result.total_cost == 1.25


def test_dates_may_be_dates(service: Any, make_client: Any) -> None:
    service.replies["/v1/cost-data/by-model"] = (200, {}, BREAKDOWN)
    make_client().costs.by_model(date(2026, 1, 1), datetime(2026, 2, 1, tzinfo=timezone.utc))
    assert service.requests[0][0].endswith("?start_date=2026-01-01&end_date=2026-02-01T00%3A00%3A00%2B00%3A00")


def test_the_summary_takes_a_window_or_dates(service: Any, make_client: Any) -> None:
    body = {"totalCost": 2.0, "previousPeriodCost": 1.0, "changeAmount": 1.0, "changePercent": 100.0}
    service.replies["/v1/cost-data/summary"] = (200, {}, body)
    costs = make_client().costs
    assert costs.summary("last-7-days").change_percent == 100.0
    costs.summary(start_date="2026-01-01", end_date="2026-01-31")
    asked = [path.partition("?")[2] for path, _ in service.requests]
    assert asked == ["time_window=last-7-days", "start_date=2026-01-01&end_date=2026-01-31"]


def test_a_result_answers_both_spellings_and_attributes(make_client: Any) -> None:
    result = make_client().track(openai_chat())
    assert result.input_tokens == result.inputTokens == result["inputTokens"] == result["input_tokens"] == 1024
    assert result.cost.amount_nanos == result["cost"]["amountNanos"]
    assert dict(result) == result.to_dict()
    assert result.event_id in repr(result)
    for wrong in (lambda: result.no_such_field, lambda: result.cost.no_such_field):
        with pytest.raises(AttributeError, match="no_such_field"):
            wrong()
    with pytest.raises(KeyError):
        result["no_such_field"]


def test_a_record_is_the_dictionary_that_was_sent(service: Any, make_client: Any) -> None:
    service.replies["/v1/cost-data/by-model"] = (200, {}, BREAKDOWN)
    result = make_client().costs.by_model()
    assert result == BREAKDOWN and isinstance(result, dict)
    assert "totalCost" in result and "total_cost" in result and "nothing" not in result and 5 not in result
    assert result.get("total_cost") == 1.25 and result.get("nothing", 7) == 7
    assert list(result.items()) == list(BREAKDOWN.items())
    assert pickle.loads(pickle.dumps(result)) == result
    assert "total_cost" in dir(result)
