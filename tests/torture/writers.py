"""Clients that never give up: each key is sent until it is acknowledged, and remembered."""

from __future__ import annotations

import hashlib
import random
import threading
import time

import httpx

WRITERS = 6


def event_id(key: str) -> bytes:
    """The id that an event with this key has, from the documentation of the id and not from the service."""
    digest = bytearray(hashlib.sha256(b"bearlumen.event.v1\0" + key.encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return bytes(digest)


class Traffic:
    """What all writers of one organisation share."""

    def __init__(self, key: str, seed: int, *, by_server_clock: bool = False):
        self.headers = {"authorization": f"Bearer {key}"}
        self.random = random.Random(seed)
        # Then most events leave their time to the server, and the others are too old to be ahead of any clock.
        self.by_server_clock = by_server_clock
        self.base_url = ""
        self.lock = threading.Lock()
        self.next = 0
        self.events: dict[str, dict] = {}
        self.open: list[str] = []
        self.acknowledged: dict[str, int] = {}
        self.reports = 0
        self.wrong: list[str] = []
        self.stopping = threading.Event()

    def event(self, key: str) -> dict:
        """The same for the same key, whoever sends it."""
        made = self.events.get(key)
        if made is None:
            number = int(key.rsplit("-", 1)[1])
            made = {
                "idempotencyKey": key,
                "eventTimestamp": int(time.time() * 1000) - number % 7 * 3_600_000,
                "provider": "openai",
                "model": ("gpt-4o", "gpt-4o-mini", "nobody-knows")[number % 3],
                "userId": f"user-{number % 50}",
                "feature": f"feature-{number % 5}",
                "usage": {"input": 1000 + number % 100, "output": number % 10},
            }
            if self.by_server_clock:
                made["eventTimestamp"] -= 10 * 86_400_000
                if number % 3:
                    del made["eventTimestamp"]
            if number % 4 == 0:
                made |= {"sessionId": f"session-{number % 20}", "sessionType": "chat", "agentId": f"agent-{number % 3}"}
            if number % 5 == 0:
                made["dimensions"] = {"team": f"team-{number % 3}", "seconds": number % 64 / 8}
            self.events[key] = made
        return made

    def choose(self) -> list[str]:
        """New keys, keys whose answer was lost, and now and then keys that were acknowledged before."""
        with self.lock:
            count = self.random.choice((1, 1, 1, 5, 40))
            keys = [self.open.pop() for _ in range(min(count, len(self.open)))]
            while len(keys) < count:
                if self.acknowledged and self.random.random() < 0.1:
                    keys.append(f"key-{self.random.randrange(self.next)}")
                else:
                    keys.append(f"key-{self.next}")
                    self.next += 1
            for key in keys:
                self.event(key)
            return list(dict.fromkeys(keys))

    def send(self, client: httpx.Client, keys: list[str]) -> None:
        events = [self.events[key] for key in keys]
        try:
            if len(events) == 1:
                answer = client.post(f"{self.base_url}/v1/usage/events", json=events[0], headers=self.headers)
                results = [answer.json()]
            else:
                answer = client.post(f"{self.base_url}/v1/usage/events/batch", json={"events": events}, headers=self.headers)
                results = answer.json().get("results", [])
        except (httpx.TransportError, ValueError):
            with self.lock:
                self.open += keys
            time.sleep(0.005)
            return
        with self.lock:
            if answer.status_code in (200, 201):
                for key, result in zip(keys, results, strict=True):
                    self.acknowledged[key] = self.acknowledged.get(key, 0) + bool(result["recorded"])
            elif answer.status_code == 503:
                self.open += keys
            else:
                self.wrong.append(f"{answer.status_code} {answer.text[:300]}")

    def write(self) -> None:
        with httpx.Client(timeout=20, trust_env=False) as client:
            while not self.stopping.is_set():
                self.send(client, self.choose())

    def read(self) -> None:
        with httpx.Client(timeout=20, trust_env=False) as client:
            while not self.stopping.is_set():
                try:
                    answer = client.get(f"{self.base_url}/v1/cost-data/summary", headers=self.headers)
                    if answer.status_code != 200:
                        self.wrong.append(f"report: {answer.status_code} {answer.text[:300]}")
                    self.reports += 1
                except httpx.TransportError:
                    pass
                time.sleep(0.02)

    def run_until(self, more: int, seconds: float, end) -> None:
        """Writes and reads until so many more keys are acknowledged and for so long, then calls `end` in the middle."""
        before, deadline = len(self.acknowledged), time.monotonic() + 20
        self.stopping.clear()
        threads = [threading.Thread(target=self.write) for _ in range(WRITERS)] + [threading.Thread(target=self.read)]
        for thread in threads:
            thread.start()
        while len(self.acknowledged) < before + more and not self.open[10_000:] and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(seconds)
        end()
        self.stopping.set()
        for thread in threads:
            thread.join()

    def settle(self) -> None:
        """Sends everything that was not acknowledged until it is."""
        with httpx.Client(timeout=20, trust_env=False) as client:
            deadline = time.monotonic() + 60
            while self.open:
                assert time.monotonic() < deadline, f"{len(self.open)} events are never acknowledged; {self.wrong[:3]}"
                keys = list(dict.fromkeys(self.open[:500]))
                del self.open[:500]
                self.send(client, keys)
