"""From the first event tracked to the last one answered, in one process."""

import json
import time
from typing import Any, Callable

import bearlumen
import peers
from openai.types.chat import ChatCompletion
from rounds import RESPONSE, STUB, delivered, in_turns, leave, tell

response = ChatCompletion.model_validate(json.loads(RESPONSE))


def rate(events: int, path: str, track: Callable[[Any], object], flush: Callable[[], object]) -> float:
    before = delivered(path)
    started = time.perf_counter()
    for _ in range(events):
        track(response)
    flush()
    took = time.perf_counter() - started
    arrived = delivered(path) - before
    assert arrived == events, f"{arrived} of {events} arrived at {path}"
    return events / took


bear, posthog = bearlumen.Client("sk_test_bench", base_url=STUB), peers.posthog()
OURS, PEER = "bearlumen", "posthog (peer)"
figures = in_turns(
    {
        OURS: lambda: rate(50_000, "/v1/usage/events/batch", bear.track, bear.flush),
        PEER: lambda: rate(10_000, "/batch/", peers.posthog_tracks(posthog), posthog.flush),
    }
)
tell(f"Python: {PEER}", figures[PEER], "events/s")
tell(f"Python: {OURS}", figures[OURS], "events/s", "posthog", figures[OURS] / figures[PEER])
leave()
