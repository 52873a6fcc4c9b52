"""Prices one response over and over, as text and as the objects people hold."""

import json
import os
import subprocess
import sys
import time
from typing import Optional

import bearlumen
from genai_prices import extract_usage

RESPONSE = os.environ["BENCH_RESPONSE"]
CALLS = 20_000
ROUNDS = 5


def median_nanos(call) -> float:
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter_ns()
        for _ in range(CALLS):
            call()
        rounds.append((time.perf_counter_ns() - started) / CALLS)
    return sorted(rounds)[ROUNDS // 2]


def tell(what: str, nanos: float, beside: Optional[float] = None) -> None:
    faster = None if beside is None else beside / nanos
    print(json.dumps({"what": what, "nanos": nanos, "faster": faster}), flush=True)


def by_genai_prices():
    """The same from the same bytes; it must be told who answered, and in which of the provider's formats."""
    usage = extract_usage(json.loads(text), provider_id="openai", api_flavor="chat")
    return usage.calc_price().total_price


text = RESPONSE.encode()
calls, CALLS = CALLS, 2_000
peer = median_nanos(by_genai_prices)
CALLS = calls
tell("Python: genai-prices, bytes to amount (peer)", peer)
tell("Python: cost_of(bytes)", median_nanos(lambda: bearlumen.cost_of(text)), peer)
tell("Python: cost_of(bytes).cost.amount", median_nanos(lambda: bearlumen.cost_of(text).cost.amount), peer)
as_dict = json.loads(RESPONSE)
tell("Python: cost_of(dict)", median_nanos(lambda: bearlumen.cost_of(as_dict)))
client = bearlumen.Client("sk_test_bench", base_url="http://127.0.0.1:9", on_error=lambda error: None)
tell("Python: track(dict), enqueued and priced", median_nanos(lambda: client.track(as_dict)))
tell("Python: json.loads alone (floor)", median_nanos(lambda: json.loads(text)))


def import_nanos(program: str) -> float:
    source = f"import time; t = time.perf_counter_ns(); {program}; print(time.perf_counter_ns() - t)"
    runs = [subprocess.run([sys.executable, "-I", "-c", source], capture_output=True, text=True) for _ in range(9)]
    return sorted(float(run.stdout) for run in runs)[4]


tell("Python: import bearlumen, a process of its own", import_nanos("import bearlumen"))
# The queue is full of events for nobody.
os._exit(0)
