"""What a type checker sees: the stub is what the native module is, and a user's code checks strictly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

USER_CODE = '''
from decimal import Decimal
from typing import Any, AsyncIterator, Dict, Iterator, List, Mapping, Optional

import anthropic
import openai
from openai.types.chat import ChatCompletionChunk

import bearlumen
from bearlumen import (
    AsyncClient,
    BearLumenError,
    Budget,
    Client,
    CostBreakdownResponse,
    EndUser,
    Provider,
    RateLimitError,
    Subscription,
    TrackResult,
    UsageEvent,
    UsageRecordInput,
)

def hear(error: BearLumenError) -> None:
    print(error.code, error.events)

client: Client = Client(api_key="your_key", on_error=hear, timeout=5, max_retries=1, spool_dir="spool")
with client:
    result = client.track({"model": "gpt-4o"}, user_id="user_1", dimensions={"team": "search", "ms": 1.5})
    model: Optional[str] = result.model
    amount: Optional[float] = result.cost.amount
    codes: List[str] = [warning.code for warning in result.warnings]
    broke_off: bool = result.incomplete
    costs: CostBreakdownResponse = client.costs.by_model("2026-01-01", "2026-01-31")
    total: float = sum(row.total_cost for row in costs.breakdown)
    sent: int = client.flush().sent
    basis: str = bearlumen.cost_of("{}", headers={"x-request-id": "1"}).cost.basis
    stream: bearlumen.CallCost = bearlumen.cost_of_stream(iter([{}, b"", object()]), model="gpt-4o")
    computed: Optional[bearlumen.Cost] = stream.computed_cost
    manual: TrackResult = client.track(None, model="m", provider=Provider.ELEVENLABS, cost=Decimal("0.1"))

def streams(chunks: Iterator[Dict[str, int]], raw: openai.Stream[ChatCompletionChunk]) -> None:
    tracked = client.track(chunks)
    for chunk in tracked:
        count: int = chunk["n"]
    tokens: float = tracked.result.input_tokens
    with client.track(raw, feature="chat") as entered:
        for piece in entered:
            finish: Optional[str] = piece.choices[0].finish_reason

class EitherWay(Iterator[int], AsyncIterator[int]):
    pass

async def either(source: EitherWay) -> int:
    tracked = client.track(source)
    return sum(tracked) + sum([number async for number in tracked])

def wrapped() -> None:
    chat: openai.OpenAI = client.wrap(openai.OpenAI())
    text: Optional[str] = chat.chat.completions.create(model="m", messages=[]).choices[0].message.content
    messages: anthropic.Anthropic = client.wrap(anthropic.Anthropic())
    with client.context(user_id="user_1", dimensions={"team": "search"}):
        print(text, messages)

def resources() -> None:
    user: EndUser = client.end_users.create("user_1", name="N", metadata={"plan": "pro"}).end_user
    ids: List[str] = [found.id for found in client.end_users.list(status="ACTIVE", limit=5).auto_paging_iter()]
    plan: Subscription = client.subscriptions.create(user.external_id, "plan", "monthly", "2026-01-01")
    budget: Budget = client.budgets.create("12.5", feature="chat")
    late: List[Optional[str]] = [one.exhausted_on for one in client.budgets.list(limit=5).auto_paging_iter()]
    left: float = client.budgets.delete(budget.id).amount - budget.spent
    event: UsageRecordInput = {"event_type": "t", "metric_name": "m", "quantity": 1.5}
    stored: int = client.usage.record_batch([event, {"usage": {"input": 1}}]).recorded_count
    recorded: bool = client.usage.record("t", "m", 1).recorded
    newest: List[UsageEvent] = client.usage.events("2026-01-01", "2026-01-31").events
    percent: Optional[float] = client.margins.summary("2026-01-01").summary.margin_percent
    days: List[float] = [point.total_cost for point in client.costs.trend(granularity="day").trend]
    mine: float = client.costs.for_user("user_1").summary("last-7-days").total_cost

async def later(chunks: AsyncIterator[Dict[str, int]], raw: openai.AsyncStream[ChatCompletionChunk]) -> None:
    async with AsyncClient("your_key") as bear:
        async for chunk in bear.track(chunks):
            count: int = chunk["n"]
        tracked = bear.track(raw)
        async for piece in tracked:
            name: str = piece.model
        final: TrackResult = await tracked.result
        at_once: TrackResult = await bear.track({"model": "gpt-4o"})
        total: float = (await bear.costs.by_model()).total_cost
        page = await bear.usage.events(limit=5)
        ids: List[str] = [event.event_id async for event in page.auto_paging_aiter()]
        pending: int = (await bear.flush()).pending

try:
    client.ping()
except RateLimitError as error:
    wait: Optional[float] = error.retry_after
'''

MISTAKES = '''
import bearlumen

client = bearlumen.Client(api_key="your_key")
client.track({}, user="user_1")
client.track({}).input_token
client.flush().sended
client.costs.by_modle()
client.costs.trend(granularity="decade")
client.end_users.list(status="SLEEPING")
with client.context(user="user_1"):
    pass
'''


def mypy(source: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = folder / "user.py"
    program.write_text(source, "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", str(program)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_the_stub_is_the_native_module() -> None:
    command = [sys.executable, "-m", "mypy.stubtest", "bearlumen._native"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_a_users_code_checks_strictly(tmp_path: Path) -> None:
    done = mypy(USER_CODE, tmp_path)
    assert done.returncode == 0, done.stdout


def test_a_misspelt_name_is_found(tmp_path: Path) -> None:
    done = mypy(MISTAKES, tmp_path)
    for name in ("user", "input_token", "sended", "by_modle", "granularity", "status"):
        assert f'"{name}"' in done.stdout, done.stdout


def test_another_checker_agrees(tmp_path: Path) -> None:
    program = tmp_path / "user.py"
    program.write_text(USER_CODE, "utf-8")
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "standard"}', "utf-8")
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, str(program)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
