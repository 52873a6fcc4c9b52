"""What ``bearlumen`` does besides serving: the costs of lines, as lines or as a table where somebody looks, and keys."""

from __future__ import annotations

import json
import os
import pty
import sqlite3
import subprocess

from hosts import Host

RESPONSE = {"object": "chat.completion", "model": "gpt-4o", "usage": {"prompt_tokens": 1000, "completion_tokens": 100}}
STREAM = 'data: {"object": "chat.completion.chunk", "model": "gpt-4o", "choices": [], "usage": %s}\n\ndata: [DONE]\n\n'
AT = "2026-11-20T12:00:00Z"


def command(tmp_path) -> str:
    return Host("native", tmp_path).command()[0]


def costs(tmp_path, *lines: object) -> list[dict]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    done = subprocess.run([command(tmp_path), "cost"], input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_whatever_way_a_body_was_kept_it_costs_the_same(tmp_path):
    stream = STREAM % json.dumps(RESPONSE["usage"])
    ways = [
        {"response": RESPONSE},
        {"response": json.dumps(RESPONSE, indent=1)},
        {"stream": stream},
        {"stream": [stream[:50], stream[50:]]},
        {"stream": stream.splitlines()},
        {"stream": [json.loads(stream.splitlines()[0].removeprefix("data: "))]},
    ]
    found = costs(tmp_path, *({"at": AT, **way} for way in ways))
    assert [cost["cost"]["amountNanos"] for cost in found] == [3_500_000] * len(ways)


def test_a_line_that_fails_is_answered_by_a_line(tmp_path):
    lines = ["no JSON", {"response": 5}, {"response": "no JSON"}, {}, {"response": RESPONSE, "at": "noon"}, "", {"at": AT, "response": RESPONSE}]
    found = costs(tmp_path, *lines)
    assert ["error" in cost for cost in found] == [True] * 5 + [False]
    assert found[4]["error"] == "invalid at: expected an ISO 8601 date-time"


def test_on_a_terminal_it_is_a_table(tmp_path):
    odd = {**RESPONSE, "model": "in-house\x1b[2J"}
    text = "".join(json.dumps({"at": AT, "response": response}) + "\n" for response in (RESPONSE, odd, 5))
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "wb") as terminal:
        subprocess.run([command(tmp_path), "cost"], input=text.encode(), stdout=terminal, check=True)
        subprocess.run([command(tmp_path), "cost", "--json"], input=text.splitlines()[0].encode(), stdout=terminal, check=True)
        shown = b""
        while not shown.endswith(b"}\r\n"):
            shown += os.read(ours, 65_536)
    os.close(ours)
    rows = shown.decode().splitlines()
    assert rows[0].split() == ["PROVIDER", "MODEL", "IN", "OUT", "USD", "BASIS", "WARNINGS"]
    assert rows[1].split() == ["openai", "gpt-4o", "1000", "100", "0.0035", "exact"]
    assert rows[2].split()[1:] == ["in-house?[2J", "1000", "100", "-", "unpriced", "unknown_model"]
    assert rows[3].startswith("error: ")
    assert json.loads(rows[4])["model"] == "gpt-4o"


def test_keys_made_and_revoked_beside_the_api_are_in_the_log(tmp_path):
    def keys(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([command(tmp_path), "keys", *arguments, "--data", str(tmp_path / "d")], capture_output=True, text=True)

    made = json.loads(keys("create", "--json").stdout)["id"]
    for _ in range(2):
        assert keys("revoke", made).returncode == 0
    assert keys("revoke", "nothing").returncode != 0
    assert keys("create", "--scopes", "nonsense").returncode != 0
    (file,) = (tmp_path / "d/organizations").glob("*.sqlite")
    log = sqlite3.connect(file).execute("SELECT actor, action, target FROM audit").fetchall()
    first, *others = log
    assert first[:2] == ("operator", "api_key.create")
    assert others == [("operator", "api_key.create", made), ("operator", "api_key.revoke", made)]
