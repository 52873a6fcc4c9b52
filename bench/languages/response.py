"""Prices one response over and over, as text and as the objects people hold."""

import json
import os
import time

import bearlumen

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


def tell(what: str, nanos: float) -> None:
    print(json.dumps({"what": what, "nanos": nanos}))


text = RESPONSE.encode()
tell("Python: cost_of(bytes)", median_nanos(lambda: bearlumen.cost_of(text)))
as_dict = json.loads(RESPONSE)
tell("Python: cost_of(dict)", median_nanos(lambda: bearlumen.cost_of(as_dict)))
tell("Python: json.loads alone", median_nanos(lambda: json.loads(text)))
