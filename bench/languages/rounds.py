"""Rounds in turns and the lines that the bench prints."""

import json
import os
import sys
import time
import urllib.request
from typing import Callable, Dict, List, Optional

RESPONSE = os.environ["BENCH_RESPONSE"]
STUB = os.environ["BENCH_STUB"]
ROUNDS = 5


def tell(what: str, value: float, unit: str, beside: Optional[str] = None, ratio: Optional[float] = None) -> None:
    print(json.dumps({"what": what, "value": value, "unit": unit, "beside": beside, "ratio": ratio}), flush=True)


def middle(values: List[float]) -> float:
    return sorted(values)[len(values) // 2]


def median_of_calls(call: Callable[[], object], calls: int) -> float:
    """Nanoseconds of the call in the middle, the clock's own included."""
    clock = time.perf_counter_ns
    times = [0] * calls
    for number in range(calls):
        started = clock()
        call()
        times[number] = clock() - started
    return middle(times)  # type: ignore[arg-type]


def mean_of_calls(call: Callable[[], object], calls: int) -> float:
    """Nanoseconds a call in the mean: with whatever is put off to every so many calls, and the collector's turns."""
    started = time.perf_counter_ns()
    for _ in range(calls):
        call()
    return (time.perf_counter_ns() - started) / calls


def in_turns(contenders: Dict[str, Callable[[], float]], wanted: int = ROUNDS) -> Dict[str, float]:
    """The median of some rounds of each; all of them have their turn in each round."""
    rounds: Dict[str, List[float]] = {name: [] for name in contenders}
    for _ in range(wanted):
        for name, run in contenders.items():
            rounds[name].append(run())
    return {name: middle(values) for name, values in rounds.items()}


def delivered(path: str) -> int:
    """How many events the stub has taken at a path."""
    with urllib.request.urlopen(f"{STUB}/counts") as answer:
        return json.load(answer).get(path, 0)


def leave() -> None:
    """Ends the process without waiting for events that nobody will fetch."""
    sys.stdout.flush()
    os._exit(0)
