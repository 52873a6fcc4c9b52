"""The README's Python runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from responses import openai_chat

README = Path(__file__).resolve().parents[1] / "README.md"
ROW = {"attributionValue": "gpt-4o", "totalCost": 0.5}


def test_every_snippet_runs(service: Any, capsys: Any) -> None:
    service.replies["/v1/cost-data/by-model"] = (200, {}, {"items": [ROW], "totalCost": 0.5})
    limited = {"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "slower"}}
    service.replies["/v1/cost-data/summary"] = (429, {"Retry-After": "3"}, limited)
    completions = SimpleNamespace(create=lambda **_: openai_chat())
    names = {
        "key": "sk_test_stub",
        "messages": [],
        "openai_client": SimpleNamespace(chat=SimpleNamespace(completions=completions)),
    }
    snippets = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert len(snippets) == 3
    for snippet in snippets:
        exec(snippet.replace("http://127.0.0.1:8787", service.url), names)  # our own text
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("gpt-4o-2024-08-06 1024 215 ")
    assert "'sent': 1" in printed[1]
    assert printed[2:] == ["gpt-4o 0.5", "again in 3.0 seconds"]
    assert len(service.events) == 1
