"""The README's Python runs as it stands."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from responses import openai_chat
from stub_provider import StubProvider

import bearlumen

README = Path(__file__).resolve().parents[1] / "README.md"
ROW = {"attributionValue": "gpt-4o", "totalCost": 0.5}


def test_every_snippet_runs(service: Any, capsys: Any) -> None:
    row = {"eventId": "evt_1", "model": "gpt-4o", "inputTokens": 5, "cost": None}
    service.replies["/v1/cost-data/by-model"] = (200, {}, {"items": [ROW], "totalCost": 0.5})
    service.replies["/v1/usage/events"] = (200, {}, {"events": [row], "total": 1, "hasMore": False})
    limited = {"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "slower"}}
    service.replies["/v1/cost-data/summary"] = (429, {"Retry-After": "60"}, limited)

    def create(stream: bool = False, **_: Any) -> Any:
        return iter([openai_chat()]) if stream else openai_chat()

    completions = SimpleNamespace(create=create)
    with StubProvider() as provider:
        names = {
            "key": "sk_test_stub",
            "messages": [],
            "openai_client": SimpleNamespace(chat=SimpleNamespace(completions=completions)),
            "asyncio": asyncio,
            "httpx": httpx,
            "url": f"{provider.url}/openai/chat/completions",
            "question": {},
        }
        snippets = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
        assert len(snippets) == 8
        # The first one ends with shutdown(): the rest goes on with a client of its own.
        for snippet in snippets:
            exec(snippet.replace("http://127.0.0.1:8787", service.url), names)  # our own text
            if snippet is snippets[0]:
                names["client"] = bearlumen.Client("sk_test_stub", base_url=service.url)
        stats = names["client"].shutdown()
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("gpt-4o-2024-08-06 1024 215 ")
    assert "'sent': 1" in printed[1]
    assert printed[2] == "gpt-4o 0.5"
    assert printed[3].startswith("1239 ") and printed[4] == "gpt-4o-2024-08-06"
    assert "attributionValue" in printed[5]
    assert printed[6] == "90.0 90.0 90.0 99 stable"
    assert printed[7].endswith(" cost_downgrade") and "Cheapest of" in printed[7]
    assert any("batch" in line for line in printed[8:-3])
    assert "gpt-5.4 cost $9 on 2026-11-01" in printed[-3]
    assert printed[-2:] == ["gpt-4o 5 None", "again in 60.0 seconds"]
    assert (stats.tracked, stats.sent) == (5, 5)
    assert len(service.events) == 7
    users = [event.get("userId") for event in service.events]
    assert users.count("user_123") == 3
