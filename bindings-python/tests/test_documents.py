"""The published examples run as they stand, against the service."""

from __future__ import annotations

import ast
import re
import time
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Iterator

import pytest
from responses import anthropic_message, openai_chat
from stub_provider import CHAT_USAGE, chat_chunk

import bearlumen

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT.parent / "shared" / "seeds" / "003_2b971ce3bcebec06.txt"
README = ROOT / "README.md"


def snippets(text: str) -> list[str]:
    """The Python in a page of plain text: the longest runs of lines that are Python and do something."""
    lines = text.splitlines()
    found, at = [], 0
    while at < len(lines):
        end = _end_of_code(lines, at)
        if end > at:
            found.append("\n".join(lines[at:end]))
        at = max(end, at + 1)
    return found


def _end_of_code(lines: list[str], start: int) -> int:
    """The end of the code that begins at a line, or the line itself."""
    if not re.match(r"[a-z#(]", lines[start]):
        return start
    best = start
    for end in range(start + 1, min(start + 40, len(lines)) + 1):
        try:
            tree = ast.parse("\n".join(lines[start:end]))
        except SyntaxError:
            continue
        # Some headings are Python too, but do nothing.
        if tree.body and not any(isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call) for node in tree.body):
            best = end
    return best


@pytest.fixture
def documented(real_client: bearlumen.Client) -> Iterator[dict[str, Any]]:
    """What the examples name: a client, and an end user and a subscription of ours under the ids they use."""
    if not DOCUMENT.exists():
        pytest.skip("the published documents are not beside the repository")
    try:
        user = real_client.end_users.create(f"user_{uuid.uuid4()}").end_user
    except bearlumen.NotFoundError:
        pytest.skip("the service has no end users")
    subscription = real_client.subscriptions.create(user.external_id, "plan_pro_monthly", "monthly", "2026-01-01T00:00:00Z")
    yield {"client": real_client, "'eu_12345'": user.id, "'sub_12345'": subscription.id, "'org_123'": user.external_id}


def test_every_example_of_the_python_document_runs(documented: dict[str, Any], capsys: Any) -> None:
    text = DOCUMENT.read_text("utf-8")
    found = snippets(text)
    assert len(found) == 19
    client = documented.pop("client")
    run = str(uuid.uuid4())
    for number, snippet in enumerate(found):
        for placeholder, value in documented.items():
            snippet = snippet.replace(placeholder, repr(value))
        for name in ("'user_123'", "'invoice-001-summary'", "'batch-1-evt-1'", "'batch-1-evt-2'"):
            snippet = snippet.replace(name, repr(f"{name[1:-1]}-{run}-{number if 'user' in name else 0}"))
        names = {"client": client, "__name__": "example"}
        exec(compile(snippet, f"example {number}", "exec"), names)
        made = names["client"]
        if made is not client:
            assert isinstance(made, bearlumen.Client)
            made.shutdown(timeout=0)
    printed = capsys.readouterr().out
    assert "Recorded: 2, Skipped: 0" in printed
    assert "Active agents: " in printed and "Duplicate" not in printed


def test_every_method_of_the_document_is_there(real_client: bearlumen.Client) -> None:
    if not DOCUMENT.exists():
        pytest.skip("the published documents are not beside the repository")
    text = DOCUMENT.read_text("utf-8")
    named = set(re.findall(r"\b((?:end_users|subscriptions|usage|cost_attribution)\.\w+)\(", text))
    assert len(named) == 19
    for name in named:
        resource, _, method = name.partition(".")
        assert callable(getattr(getattr(real_client, resource), method)), name


# The other document shows the same calls in another language; here they are in Python, against the service.


def recent() -> dict[str, str]:
    today = datetime.now(timezone.utc).date()
    return {"start_date": str(today - timedelta(days=1)), "end_date": str(today + timedelta(days=1))}


def stream() -> Iterator[Any]:
    yield chat_chunk("Blue", "stop")
    yield chat_chunk(None, choices=[], usage=CHAT_USAGE)


@pytest.fixture(scope="module")
def filled() -> dict[str, str]:
    """Labels that are ours alone."""
    return {name: f"{name}-{uuid.uuid4()}" for name in ("user", "agent", "workflow", "feature", "session", "team")}


@pytest.fixture
def bear(real_client: bearlumen.Client, filled: dict[str, str]) -> bearlumen.Client:
    """A client with tracked calls behind it."""
    with real_client.context(
        user_id=filled["user"],
        agent_id=filled["agent"],
        workflow_id=filled["workflow"],
        session_id=filled["session"],
        session_type="chat",
        dimensions={"team": filled["team"], "latency_ms": 120},
    ):
        key = filled["user"]
        real_client.track(openai_chat(), feature=filled["feature"], idempotency_key=f"{key}-1")
        real_client.track(anthropic_message(), idempotency_key=f"{key}-2")
        tracked = real_client.track(stream(), model="gpt-4o", idempotency_key=f"{key}-3")
        assert sum(1 for _ in tracked) == 2 and tracked.result.input_tokens == 1000
        manual = real_client.track(
            None,
            model="eleven_multilingual_v2",
            provider=bearlumen.Provider.ELEVENLABS,
            feature="narration",
            units={"characters": 1500},
            idempotency_key=f"{key}-4",
        )
        assert manual.provider == "elevenlabs"
    stats = real_client.flush()
    assert stats.sent == stats.tracked == 4, stats
    time.sleep(0.01)
    return real_client


def test_usage(bear: bearlumen.Client, filled: dict[str, str]) -> None:
    page = bear.usage.events(**recent(), user_id=filled["user"], limit=3, offset=0)
    assert (page.total, len(page.events), page.has_more) == (4, 3, True)
    events = list(page.auto_paging_iter())
    assert len(events) == 4 and {event.user_id for event in events} == {filled["user"]}
    assert {event.model for event in events} >= {"gpt-4o-2024-08-06", "claude-sonnet-4-20250514"}
    detail = bear.usage.retrieve(events[0].event_id)
    assert detail.event_id == events[0].event_id and detail.explanation.basis
    summary = bear.usage.summary(**recent())
    assert summary.total_events >= 4 and summary.total_input_tokens >= 2024
    assert bear.usage.query(**recent(), limit=1).events
    aggregation = bear.usage.aggregation(**recent())
    assert {row.metric_name for row in aggregation.aggregations} >= {"tokens"}


def test_costs(bear: bearlumen.Client, filled: dict[str, str]) -> None:
    by_model = bear.costs.by_model(**recent())
    assert "gpt-4o-2024-08-06" in [item.attribution_value for item in by_model["items"]]
    assert by_model.total_cost > 0
    for report in (bear.costs.by_provider, bear.costs.by_feature, bear.costs.by_agent, bear.costs.by_workflow):
        assert report(**recent()).breakdown
    assert filled["user"] in [item.attribution_value for item in bear.costs.by_end_user(**recent()).breakdown]
    trend = bear.costs.trend(**recent(), granularity="day")
    assert len(trend.data_points) == 3 and trend.total_cost > 0
    assert bear.costs.summary("last-7-days").total_cost > 0
    detailed = {row.attribution_value: row.tokens for row in bear.costs.detailed_by_model(**recent()).breakdown}
    assert detailed["gpt-4o-2024-08-06"].reasoning >= 64 and detailed["claude-sonnet-4-20250514"].cache_read >= 2000
    assert bear.costs.detailed_by_provider(**recent(), limit=1).limit == 1
    users = bear.costs.detailed_by_end_user(**recent()).auto_paging_iter()
    assert filled["user"] in [row.get("external_id") for row in users]


def test_costs_of_one_user(bear: bearlumen.Client, filled: dict[str, str]) -> None:
    user = bear.costs.for_user(filled["user"])
    summary = user.summary(**recent())
    assert summary.external_id == filled["user"] and summary.event_count == 4
    assert user.by_model(**recent()).total_cost == summary.total_cost
    assert user.by_provider(**recent()).breakdown and user.by_feature(**recent()).breakdown
    assert user.trend(**recent()).total_cost == summary.total_cost
    with pytest.raises(bearlumen.NotFoundError):
        bear.costs.for_user("nobody ever").summary(**recent())


def test_attribution(bear: bearlumen.Client, filled: dict[str, str]) -> None:
    by_team = bear.attribution.by_dimension("team", **recent())
    assert filled["team"] in [item.attribution_value for item in by_team.breakdown]
    assert filled["team"] in bear.attribution.dimension_values("team", **recent())["values"]
    assert "team" in bear.attribution.dimension_keys(**recent())["keys"]
    assert bear.attribution.time_series("team", **recent()).series
    assert filled["agent"] in bear.attribution.agents(**recent()).agents
    assert filled["workflow"] in bear.attribution.workflows(**recent()).workflows
    (session,) = bear.attribution.sessions(**recent(), user_id=filled["user"]).sessions
    assert (session.session_id, session.event_count) == (filled["session"], 4)
    assert "chat" in [row.session_type for row in bear.attribution.session_comparison(**recent()).session_types]
    assert len(bear.attribution.session_detail(filled["session"]).events) == 4
    assert filled["agent"] in bear.cost_attribution.list_agents(**recent())["values"]
    assert filled["workflow"] in bear.cost_attribution.list_workflows(**recent())["values"]
    assert bear.cost_attribution.by_agent(**recent()).breakdown and bear.cost_attribution.by_workflow(**recent()).breakdown


def test_dimensions(bear: bearlumen.Client, filled: dict[str, str]) -> None:
    kinds = {definition.key: definition.type for definition in bear.dimensions.definitions().definitions}
    assert (kinds["team"], kinds["latency_ms"]) == ("text", "numeric")
    assert bear.dimensions.cost_breakdown("team", **recent()).breakdown
    assert bear.dimensions.cost_trend("team", **recent()).series
    summary = bear.dimensions.numeric_summary("latency_ms", **recent())
    assert (summary.min, summary.max) == (120, 120) and summary.count >= 4
    assert bear.dimensions.numeric_trend("latency_ms", **recent()).trend


def test_margins(bear: bearlumen.Client, filled: dict[str, str]) -> None:
    try:
        result = bear.margins.summary(**recent())
    except bearlumen.NotFoundError:
        pytest.skip("the service has no margins")
    today = datetime.now(timezone.utc).date()
    bear.revenue.record(filled["user"], 31.0, today - timedelta(days=15), today + timedelta(days=15))
    assert bear.revenue.list(filled["user"]).events
    assert result.summary.cost > 0
    mine = [user for user in bear.margins.by_end_user(**recent()).auto_paging_iter() if user.external_id == filled["user"]]
    assert mine[0].revenue > 0 and mine[0].health == "HEALTHY"
    users = bear.margins.by_end_user(**recent()).auto_paging_iter()
    assert filled["user"] in [user.external_id for user in users]
    assert bear.margins.trend(**recent()).trend


def test_insights(bear: bearlumen.Client) -> None:
    span = recent()
    try:
        result = bear.insights.summary(
            start=span["start_date"], end=span["end_date"], include=["distributions"], limit=10
        )
    except bearlumen.NotFoundError:
        pytest.skip("the service has no insights")
    assert result.totals.event_count >= 4 and result.distributions.by_model


def test_ping(bear: bearlumen.Client) -> None:
    answer = bear.ping()
    assert answer.ok is True and answer.organization_id


def test_an_error_says_what_to_tell_support(bear: bearlumen.Client) -> None:
    with pytest.raises(bearlumen.InvalidRequestError) as raised:
        bear.costs.by_model(start_date="yesterday")
    assert raised.value.correlation_id and raised.value.code == "validation_error"


def test_the_readmes_python_runs(real_client: bearlumen.Client, monkeypatch: Any, capsys: Any) -> None:
    import openai

    (snippet,) = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    completions = SimpleNamespace(create=lambda **_: openai_chat())
    monkeypatch.setattr(openai, "OpenAI", lambda: SimpleNamespace(chat=SimpleNamespace(completions=completions)))
    monkeypatch.setenv("BEAR_LUMEN_API_KEY", real_client._settings._api_key)
    exec(snippet.replace("http://127.0.0.1:8787", real_client.base_url), {})
    assert capsys.readouterr().out.startswith("gpt-4o-2024-08-06 1024 215 ")
