"""An import costs next to nothing."""

from __future__ import annotations

import subprocess
import sys

BUDGET_MS = 30


def milliseconds_of(program: str) -> float:
    source = f"import time; t = time.perf_counter(); {program}; print((time.perf_counter() - t) * 1000)"
    done = subprocess.run([sys.executable, "-I", "-c", source], capture_output=True, text=True, check=True)
    return float(done.stdout)


def test_an_import_stays_within_its_budget() -> None:
    milliseconds_of("import bearlumen")  # compiles the bytecode
    # The least of several: the rest is what else the machine does.
    assert min(milliseconds_of("import bearlumen") for _ in range(7)) <= BUDGET_MS


def test_an_import_brings_no_http_client_and_starts_no_thread() -> None:
    program = "import bearlumen, sys, threading; print(threading.active_count(), *sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    threads, *modules = done.stdout.split()
    assert threads == "1"
    assert not {"httpx", "ssl", "json", "logging", "asyncio", "datetime", "decimal"} & set(modules)
