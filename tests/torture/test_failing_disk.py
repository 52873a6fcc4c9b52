"""A disk that takes what is written and does not keep it: nobody may be told that it did."""

from __future__ import annotations

import time

import preload
import pytest
from hosts import Host


@pytest.fixture
def failing(tmp_path):
    """The file that has flushes fail while it is there."""
    if not preload.is_possible():
        pytest.skip("no C compiler here, or not Linux: flushes cannot be made to fail")
    return tmp_path / "disk-fails"


@pytest.fixture
def host(tmp_path, failing, native):
    host = native
    host.extra_environment = {"LD_PRELOAD": str(preload.built("disk", tmp_path)), "DISK_FAILS_FILE": str(failing)}
    host.start()
    yield host
    host.stop()


class Sender:
    """One organisation's events, by their number."""

    def __init__(self, host: Host):
        self.host = host
        self.headers = {"authorization": f"Bearer {host.organization('disk').key}"}

    def send(self, number: int):
        event = {"provider": "openai", "model": "gpt-4o", "usage": {"input": 1000 + number}, "idempotencyKey": f"k{number}"}
        return self.host.client.post(f"{self.host.base_url}/v1/usage/events", json=event, headers=self.headers)

    def insist(self, number: int) -> int:
        """As a client that tries again: the thread that a flush failed for ends first, and another begins."""
        for _ in range(100):
            status = self.send(number).status_code
            if status != 503:
                return status
            time.sleep(0.02)
        raise AssertionError("it is refused for good")

    def stored(self) -> list[int]:
        answer = self.host.client.get(f"{self.host.base_url}/v1/usage/events?limit=100", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return sorted(event["quantity"] - 1000 for event in answer.json()["events"])


@pytest.mark.parametrize("what", ["everything", ""], ids=["the disk", "the log"])
def test_what_a_failed_flush_was_for_is_not_acknowledged(host, failing, what):
    sender = Sender(host)
    assert sender.send(1).status_code == 201

    failing.write_text(what)
    # Nor is a repetition acknowledged, of what came before either: nobody can tell them apart any more.
    for number in (2, 3, 2, 1):
        answer = sender.send(number)
        assert answer.status_code == 503, answer.text
        assert answer.headers["retry-after"]
    assert host.client.get(f"{host.base_url}/healthz").status_code == (503 if what else 200)

    failing.unlink()
    for number in (1, 2, 3, 4):
        assert sender.insist(number) in (200, 201)
    host.kill()
    host.start()
    assert sender.stored() == [1, 2, 3, 4]
    assert [sender.send(number).status_code for number in (1, 2, 3, 4)] == [200] * 4


def test_the_log_alone_failing_once_ends_nothing_for_good(host, failing):
    sender = Sender(host)
    for number in range(20):
        failing.touch()
        assert sender.send(number).status_code == 503
        failing.unlink()
        assert sender.insist(number) in (200, 201)
    assert sender.stored() == list(range(20))
