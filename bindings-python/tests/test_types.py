"""What a type checker sees: the stub is what the native module is, and a user's code checks strictly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

USER_CODE = '''
from typing import List, Optional

import bearlumen
from bearlumen import BearLumenError, Client, CostBreakdownResponse, RateLimitError

def hear(error: BearLumenError) -> None:
    print(error.code, error.events)

client: Client = Client(api_key="your_key", on_error=hear, timeout=5)
with client:
    result = client.track({"model": "gpt-4o"}, user_id="user_1", dimensions={"team": "search", "ms": 1.5})
    model: Optional[str] = result.model
    amount: Optional[float] = result.cost.amount
    codes: List[str] = [warning.code for warning in result.warnings]
    costs: CostBreakdownResponse = client.costs.by_model("2026-01-01", "2026-01-31")
    total: float = sum(row.total_cost for row in costs.breakdown)
    sent: int = client.flush().sent
    basis: str = bearlumen.cost_of("{}", headers={"x-request-id": "1"}).cost.basis
    stream: bearlumen.CallCost = bearlumen.cost_of_stream(iter([{}, b"", object()]), model="gpt-4o")
    computed: Optional[bearlumen.Cost] = stream.computed_cost
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
    for name in ("user", "input_token", "sended"):
        assert f'"{name}"' in done.stdout, done.stdout
