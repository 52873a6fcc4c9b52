"""What a process holds when the service has been away for 100,000 events."""

import json

import bearlumen
from openai.types.chat import ChatCompletion
from rounds import RESPONSE, leave, tell

EVENTS = 100_000
# Nothing listens there.
AWAY = "http://127.0.0.1:9"


def resident() -> float:
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


response = ChatCompletion.model_validate(json.loads(RESPONSE))
bear = bearlumen.Client("sk_test_bench", base_url=AWAY, on_error=lambda error: None)
bear.track(response, user_id="user_123", feature="chat")
before = resident()
for _ in range(EVENTS - 1):
    bear.track(response, user_id="user_123", feature="chat")
after = resident()
stats = bear.stats()
assert stats.pending == EVENTS, stats
tell("Python: what the events take", after - before, "MB")
tell("Python: an event", (after - before) * 1024 * 1024 / EVENTS, "bytes")
leave()
