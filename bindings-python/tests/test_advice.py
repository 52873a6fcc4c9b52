"""Forecast, anomalies, savings and routing: the shared vectors through every way of asking."""

from __future__ import annotations

import asyncio
import json
import math
from collections import OrderedDict
from datetime import date, datetime, timezone
from types import MappingProxyType
from typing import Any, Dict, List

import pytest
from conftest import vectors

import bearlumen
from bearlumen._record import Record, _other_spelling

FOLDERS = {"forecast": "forecast", "anomaly": "anomalies", "counterfactual": "savings", "routing": "route"}


def every_vector() -> List[Any]:
    return [
        pytest.param(name, case.values[0], id=f"{folder}-{case.id}")
        for folder, name in FOLDERS.items()
        for case in vectors(folder)
        if isinstance(case.values[0].get("input"), dict)
    ]


def agrees(expect: Any, got: Any, at: str = "answer") -> None:
    """Where ``expect`` says something, ``got`` says the same; an object of ``expect`` may leave fields out."""
    if isinstance(expect, dict):
        for name, value in expect.items():
            agrees(value, got[name], f"{at}.{name}")
    elif isinstance(expect, list):
        assert len(expect) == len(got), f"{at}: {got}"
        for position, value in enumerate(expect):
            agrees(value, got[position], f"{at}[{position}]")
    else:
        assert expect == got and isinstance(expect, bool) == isinstance(got, bool), f"{at} is {got!r}, not {expect!r}"


# Fields whose names are the caller's own.
FREE = ("buckets", "modifiers", "usd", "ownPrices")


def snaked(value: Any) -> Any:
    if isinstance(value, dict):
        spelt = {key: key if "_" in key else _other_spelling(key) for key in value}
        return {spelt[key]: item if key in FREE else snaked(item) for key, item in value.items()}
    return [snaked(item) for item in value] if isinstance(value, list) else value


def by_keywords(name: str, question: Dict[str, Any]) -> Any:
    fields = snaked(question)
    if "from" in fields:
        fields["from_"] = fields.pop("from")
    return getattr(bearlumen, name)(**fields)


@pytest.mark.parametrize(("name", "vector"), every_vector())
def test_a_vector(name: str, vector: Dict[str, Any], make_client: Any) -> None:
    question, expect = vector["input"], vector["expect"]
    asked = [getattr(bearlumen, name), getattr(make_client(), name)]
    ways = [lambda ask=ask: ask(question) for ask in asked]
    if "unknown_field" not in vector.get("about", "") and "error" not in expect:
        ways.append(lambda: by_keywords(name, question))
    for way in ways:
        if "error" not in expect:
            agrees(expect, way())
            continue
        if expect["error"]["field"] == "at" and "at" not in question:
            continue  # Here the time is now unless it is given.
        with pytest.raises(bearlumen.InvalidRequestError) as raised:
            way()
        assert raised.value.details["field"] == expect["error"]["field"]
        assert expect["error"].get("message", raised.value.message) == raised.value.message
        assert raised.value.code == "validation_error"


def test_an_answer_is_a_record_to_its_depths() -> None:
    routed = bearlumen.route(prompt="Hello", providers=["openai"], at="2026-11-20T12:00:00Z")
    assert isinstance(routed.considered[0], Record)
    assert routed.decision is not None and routed.decision.estimated_cost is not None
    assert routed["limitsFrom"] == routed.limits_from
    assert routed.decision.estimated_cost.cost_nanos == str(round(routed.decision.estimated_cost.cost * 1e9))
    forecast = bearlumen.forecast(start=date(2026, 10, 5), daily_nanos=[10**9] * 14)
    assert forecast.next_7_days is not None and forecast.next_7_days.cost == 7
    assert forecast.daily[0].date == "2026-10-19"


def test_prices_hold_now_unless_a_time_is_given() -> None:
    now = bearlumen.route(prompt="Hello")
    assert now == bearlumen.route(prompt="Hello", at=datetime.now(timezone.utc))
    # A model whose end its vendor has announced.
    then = bearlumen.route(prompt="Hello", models=["gpt-5.4-nano"], at=datetime(2027, 5, 1, tzinfo=timezone.utc))
    assert then.decision is None and "retired on 2027-04-01" in then.considered[0].reasons
    usage = [{"provider": "openai", "model": "gpt-5.4", "events": 1, "buckets": {"input": 10**6, "output": 0}}]
    assert int(bearlumen.savings(usage=usage, providers=["openai"]).potential_nanos) > 0


def test_any_mapping_and_any_sequence_will_do() -> None:
    question = MappingProxyType({"prompt": "Hello", "providers": ("openai",), "current": OrderedDict(provider="openai", model="gpt-5.4")})
    answer = bearlumen.route(question, at="2026-11-20T12:00:00Z")
    assert answer.against is not None and answer.against.model == "gpt-5.4"


@pytest.mark.parametrize(
    ("question", "said"),
    [("text", "expected a mapping"), ({"prompt": math.nan}, "Out of range"), ({"prompt": object()}, "nothing that JSON holds"), ({"prompt": b"x"}, "nothing that JSON holds")],
)
def test_what_json_cannot_say_is_refused(question: Any, said: str) -> None:
    with pytest.raises(bearlumen.InvalidRequestError, match=said):
        bearlumen.route(question)


def test_the_asynchronous_client_answers_without_waiting(service: Any) -> None:
    async def main() -> None:
        async with bearlumen.AsyncClient("sk_test_stub", base_url=service.url) as client:
            question = {"prompt": "Hello", "at": "2026-11-20T12:00:00Z"}
            assert client.route(question) == bearlumen.route(question)
            assert json.loads(json.dumps(client.forecast(start="2026-10-05", daily_nanos=[1]))) ["status"] == "too_little_data"

    asyncio.run(main())
