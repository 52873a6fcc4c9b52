"""One real object of the provider's own SDK, tracked over and over: by us, and by whoever else does that.

All send to the same stub meanwhile, each in its own thread. Where each call is timed by itself, the clock's own time is
taken off.
"""

import json
from typing import Any, Callable

import bearlumen
import peers
from openai.types.chat import ChatCompletion
from rounds import RESPONSE, STUB, in_turns, leave, mean_of_calls, median_of_calls, tell

CALLS = 3_000

response = ChatCompletion.model_validate(json.loads(RESPONSE))
as_dict = json.loads(RESPONSE)


Measure = Callable[[Callable[[], object], int], float]


def round_of(
    track: Callable[[], object], settle: Callable[[], object], measure: Measure = median_of_calls
) -> Callable[[], float]:
    def run() -> float:
        nanos = measure(track, CALLS)
        settle()
        return nanos

    return run


bear = bearlumen.Client("sk_test_bench", base_url=STUB)
posthog, langfuse, lago, margined = peers.posthog(), peers.langfuse(), peers.lago(), peers.margined()


def of(tracks: Callable[[Any], object], settle: Callable[[], object]) -> Callable[[], float]:
    return round_of(lambda: tracks(response), settle)


CLOCK = "(the clock alone)"
MEAN = "in the mean"
OURS = "bearlumen: track(openai object)"
figures = in_turns(
    {
        CLOCK: round_of(lambda: None, lambda: None),
        OURS: of(bear.track, bear.flush),
        f"bearlumen: the same {MEAN}, events made": round_of(lambda: bear.track(response), bear.flush, mean_of_calls),
        "bearlumen: the same with user and feature": round_of(
            lambda: bear.track(response, user_id="user_123", feature="chat"), bear.flush
        ),
        "bearlumen: the same, and its cost read": round_of(lambda: bear.track(response).cost.amount, bear.flush),
        "bearlumen: track(dict)": round_of(lambda: bear.track(as_dict), bear.flush),
        "margined: track": of(peers.margined_tracks(margined), margined.flush),
        "lago-agent-sdk: extract and emit": of(peers.lago_tracks(lago), lago.flush),
        "posthog: capture": of(peers.posthog_tracks(posthog), posthog.flush),
        "langfuse: a generation": of(peers.langfuse_tracks(langfuse), langfuse.flush),
    }
)
stats = bear.stats()
assert stats.sent == stats.tracked, stats
tell(f"Python: {CLOCK}", figures[CLOCK] / 1000, "us")
took = {name: nanos - (0 if MEAN in name else figures[CLOCK]) for name, nanos in figures.items() if name != CLOCK}
for name, nanos in took.items():
    ratio = None if name.startswith("bearlumen") else nanos / took[OURS]
    tell(f"Python: {name}", nanos / 1000, "us", "what track(openai object) takes", ratio)
leave()
