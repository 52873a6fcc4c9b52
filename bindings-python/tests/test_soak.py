"""Hours of a busy process in short: memory stays flat, and every event is accounted for.

``BEARLUMEN_SOAK_SECONDS`` says for how long, eight by default; ``make soak`` takes half an hour.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from stub_service import Answer, refuse

SECONDS = float(os.environ.get("BEARLUMEN_SOAK_SECONDS", "8"))

PROGRAM = """
import asyncio, gc, json, sys, time
import bearlumen
from responses import openai_chat, anthropic_message
from openai.types.chat import ChatCompletion

url, seconds = sys.argv[1], float(sys.argv[2])
chat = ChatCompletion.model_validate(openai_chat())
delivery = {"flushIntervalMs": 50, "firstBackoffMs": 5, "maxBackoffMs": 20}
client = bearlumen.Client("sk_test_soak", base_url=url, delivery=delivery, on_error=lambda error: None)
chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "gpt-4o", "choices": []}
usage = {**chunk, "usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}}

class Completions:
    def create(self, **options):
        return iter([chunk, usage]) if options.get("stream") else chat

class Group:
    completions = Completions()

class Provider:
    chat = Group()

class Ends(Exception):
    pass

def fails():
    yield chunk
    raise Ends

async def later():
    async def source():
        yield chunk
        yield usage
    async for _ in client.track(source()):
        pass

wrapped = client.wrap(Provider())

def turn(number):
    for _ in range(20):
        client.track(chat, user_id=f"user_{number % 500}", feature="soak", dimensions={"turn": number})
    client.track(anthropic_message()).cost
    client.track(json.dumps(openai_chat()))
    client.track({"no": "response"}, timestamp="yesterday")
    client.track(None, model="tts-1", units={"characters": number})
    for _ in client.track(iter([chunk, usage])): pass
    next(client.track(iter([chunk, usage])))
    try:
        for _ in client.track(fails()): pass
    except Ends:
        pass
    with client.context(user_id=number, feature="context"):
        wrapped.chat.completions.create(model="gpt-4o")
        for _ in wrapped.chat.completions.create(model="gpt-4o", stream=True): pass
    asyncio.run(later())
    bearlumen.cost_of(chat)
    if number % 50 == 0:
        # Clients come and go, too.
        with bearlumen.Client("sk_test_soak", base_url=url, delivery=delivery) as other:
            other.track(chat)
        came_and_went.append(other.stats())
        client.flush()

def resident():
    gc.collect()
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024

came_and_went, samples, number = [], [], 0
started = time.monotonic()
while time.monotonic() - started < seconds or number < 100:
    turn(number)
    number += 1
    if number % 25 == 0:
        client.flush()
        samples.append(resident())
stats = client.shutdown()
sent = stats.sent + sum(other.sent for other in came_and_went)
print(json.dumps({"turns": number, "stats": stats, "sent": sent, "samples": samples}))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_memory_stays_flat_and_nothing_is_lost(service: Any) -> None:
    service.keeps_events = False
    service.trouble = _trouble(random.Random(20))
    program = [sys.executable, "-W", "ignore", "-c", PROGRAM, service.url, str(SECONDS)]
    here = str(Path(__file__).parent)
    done = subprocess.run(program, capture_output=True, text=True, timeout=SECONDS * 3 + 120, env={**os.environ, "PYTHONPATH": here})
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    told = json.loads(done.stdout)
    stats, samples = told["stats"], told["samples"]
    assert stats["tracked"] == stats["sent"] > 29 * told["turns"], stats
    assert told["sent"] == service.new_events
    # The first third warms allocators and caches up.
    warm, rest = samples[len(samples) // 3], samples[len(samples) // 3 :]
    print(f"{told['turns']} turns, {stats['tracked']} events: {samples[0]:.1f} MB, {warm:.1f} MB, {samples[-1]:.1f} MB")
    assert max(rest) - warm < 6, samples


def _trouble(dice: random.Random) -> Any:
    kinds = [
        refuse(500, "INTERNAL_ERROR"),
        refuse(429, "RATE_LIMIT_EXCEEDED", Retry_After="0"),
        Answer(how="reset"),
        Answer(how="cut"),
        Answer(503, body=b"", stores=False),
    ]
    return lambda: dice.choice(kinds) if dice.random() < 0.1 else Answer()
