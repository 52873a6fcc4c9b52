"""Whatever dies at whatever moment, an acknowledged event is stored once and every sum is that of the events.

Rounds by BEARLUMEN_TORTURE_ROUNDS, the course of a run by BEARLUMEN_TORTURE_SEED.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

import ledger
from proxy import LossyProxy
from writers import Traffic, event_id

ROUNDS = int(os.environ.get("BEARLUMEN_TORTURE_ROUNDS", "3"))
SEED = int(os.environ.get("BEARLUMEN_TORTURE_SEED", "0")) or time.time_ns() % 1_000_000_007
LOSS = 0.15
CHECK_EVERY = 10


def ledger_of(host) -> Path:
    found = [path for path in ledger.databases(host.folder) if holds_events(path)]
    assert len(found) == 1, found
    return found[0]


def holds_events(path: Path) -> bool:
    with sqlite3.connect(path) as database:
        return database.execute("SELECT COUNT(*) FROM block").fetchone()[0] > 0


def check(host, traffic: Traffic) -> int:
    """Stops the host, looks into its file, and starts it again."""
    host.stop()
    path = ledger_of(host)
    ledger.check(path)
    stored = [event.id for event in ledger.stored_events(sqlite3.connect(path))]
    assert sorted(stored) == sorted(event_id(key) for key in traffic.acknowledged), "not each acknowledged key once"
    twice = [key for key, times in traffic.acknowledged.items() if times > 1]
    assert not twice, f"recorded more than once: {twice[:3]}"
    assert not traffic.wrong, traffic.wrong[:3]
    return len(stored)


def test_kill_9_at_random_moments_over_a_network_that_loses_answers(host):
    print(f"seed {SEED}")
    dice = random.Random(SEED)
    proxy = LossyProxy(LOSS, SEED)
    traffic = Traffic(host.organization("torture").key, SEED)
    stored = 0
    for number in range(ROUNDS):
        proxy.lead_to(host.base_url)
        traffic.base_url = proxy.base_url
        traffic.run_until(dice.randrange(400), dice.uniform(0, 0.1), host.kill)
        host.start()
        if number % CHECK_EVERY == CHECK_EVERY - 1 or number + 1 == ROUNDS:
            traffic.base_url = host.base_url
            traffic.settle()
            stored = check(host, traffic)
            host.start()
    proxy.close()
    assert stored > 50 * ROUNDS and traffic.reports >= ROUNDS, "hardly anything happened"
    print(f"{host.name}: {ROUNDS} rounds of kill -9, {stored} events each once, {proxy.lost} answers lost, "
          f"{traffic.reports} reports, all sums exact")


def test_a_clock_that_jumps_loses_nothing(clocked_host, clock):
    """Back and forth over hours, days and months' ends, while events that the server dates are written and read."""
    host, dice = clocked_host, random.Random(SEED)
    traffic = Traffic(host.organization("clock").key, SEED, by_server_clock=True)
    steps = 0
    for _ in range(ROUNDS):
        traffic.base_url = host.base_url

        def jump_and_kill():
            nonlocal steps
            for _ in range(dice.randrange(1, 6)):
                clock.step_to(dice.choice((-200, -30, -1, -0.01, 0, 0.01, 1, 30, 200)) * dice.random())
                steps += 1
                time.sleep(dice.uniform(0, 0.05))
            host.kill()

        traffic.run_until(dice.randrange(200), 0, jump_and_kill)
        host.start()
    traffic.base_url = host.base_url
    traffic.settle()
    answer = host.client.get(f"{host.base_url}/v1/usage/events?limit=1", headers=traffic.headers)
    assert answer.status_code == 200, answer.text
    stored = check(host, traffic)
    with sqlite3.connect(ledger_of(host)) as database:
        first, last = database.execute("SELECT MIN(base_ms), MAX(last_ms) FROM block").fetchone()
    assert last - first > 10 * 86_400_000 and steps >= ROUNDS, "the clock never moved"
    print(f"{host.name}: {steps} steps of the clock, {stored} events each once, all sums exact")


def test_a_graceful_stop_finishes_what_was_accepted(native):
    host = native
    host.start()
    traffic = Traffic(host.organization("graceful").key, SEED)
    for _ in range(ROUNDS):
        traffic.base_url = host.base_url
        traffic.run_until(200, 0, lambda: host.process.send_signal(signal.SIGTERM))
        assert host.process.wait(timeout=30) == 0, host.log()[-2000:]
        path = ledger_of(host)
        with sqlite3.connect(path) as database:
            folded = database.execute("SELECT seq FROM folded").fetchone()[0]
            events = list(ledger.stored_events(database))
            last, stored = events[-1].seq, {event.id for event in events}
        assert folded == last, "what was gathered was not written"
        assert stored >= {event_id(key) for key in traffic.acknowledged}
        host.start()
    traffic.base_url = host.base_url
    traffic.settle()
    check(host, traffic)


@pytest.fixture
def small_disk(native):
    """A folder that holds 6 MB."""
    folder = native.folder / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    if not mount or subprocess.run([mount, "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("may not mount a small file system here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=False)


def test_a_full_disk_refuses_and_loses_nothing(native, small_disk):
    host = native
    data = host.folder / "data"
    data.symlink_to(small_disk)
    host.start()
    traffic = Traffic(host.organization("full").key, SEED)
    traffic.base_url = host.base_url
    for _ in range(40):
        traffic.run_until(500, 0, lambda: None)
        if traffic.open:
            break
    refused = len(traffic.open)
    assert refused, "the disk never filled up"
    # Full, but alive: what is stored can still be read, and a restart finds it.
    host.kill()
    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    host.start()
    traffic.base_url = host.base_url
    traffic.wrong = [text for text in traffic.wrong if not text.startswith("report: 503")]
    traffic.settle()
    stored = check(host, traffic)
    print(f"{refused} events were refused by a full disk and recorded later; {stored} stored, each once")
