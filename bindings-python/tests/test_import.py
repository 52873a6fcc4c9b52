"""An import brings nothing along. How long it takes is measured in `bench/`."""

from __future__ import annotations

import subprocess
import sys


def test_an_import_brings_no_http_client_and_starts_no_thread() -> None:
    program = "import bearlumen, sys, threading; print(threading.active_count(), *sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    threads, *modules = done.stdout.split()
    assert threads == "1"
    assert not {"httpx", "ssl", "json", "logging", "asyncio", "datetime", "decimal"} & set(modules)
