"""Undelivered events survive a crash, and the next start delivers them, once."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any, Callable

import pytest
from responses import openai_chat
from stub_service import Answer, refuse
from test_lifetime import needs_fork, run, start

import bearlumen

PATIENT = {"flushIntervalMs": 3_600_000}


def spools(folder: Path) -> list[Path]:
    return sorted(folder.glob("*"))


def crashed(folder: Path, url: str, events: int, **options: Any) -> list[str]:
    """A process that tracks and is killed at once. Answers the keys of its events."""
    script = f"""
    c = client(spool_dir={str(folder)!r}, delivery={PATIENT!r}, **{options!r})
    for _ in range({events}): print(c.track(RESPONSE).idempotency_key)
    sys.stdout.flush()
    os.kill(os.getpid(), 9)
    """
    return run(script, url, code=-signal.SIGKILL)


def test_the_next_start_delivers_what_a_crash_left(service: Any, make_client: Any, tmp_path: Path) -> None:
    keys = crashed(tmp_path, service.url, 5)
    assert len(keys) == 5 and service.events == []
    client = make_client(spool_dir=tmp_path)
    stats = client.shutdown()
    assert (stats.tracked, stats.sent, stats.pending) == (5, 5, 0)
    assert [event["idempotencyKey"] for event in service.events] == keys
    assert spools(tmp_path) == []


def test_a_crash_in_the_middle_of_sending_doubles_nothing(service: Any, make_client: Any, tmp_path: Path) -> None:
    service.script = [Answer(how="reset")]  # stored, but nobody hears of it
    script = f"""
    c = client(spool_dir={str(tmp_path)!r}, delivery={{"firstBackoffMs": 3600000}})
    for _ in range(3): c.track(RESPONSE)
    c.flush(timeout=0)
    while not c._worker._unreachable: time.sleep(0.01)
    os.kill(os.getpid(), 9)
    """
    run(script, service.url, code=-signal.SIGKILL)
    assert len(service.events) == 3
    assert make_client(spool_dir=tmp_path).shutdown().sent == 3
    assert len(service.events) == 3 and set(service.stored.values()) == {2}


def test_what_was_delivered_is_not_delivered_again(service: Any, make_client: Any, tmp_path: Path) -> None:
    script = f"""
    c = client(spool_dir={str(tmp_path)!r}, delivery={{"flushIntervalMs": 3600000}})
    for _ in range(3): c.track(RESPONSE, feature="first")
    c.flush()
    for _ in range(2): c.track(RESPONSE, feature="second")
    os.kill(os.getpid(), 9)
    """
    run(script, service.url, code=-signal.SIGKILL)
    assert make_client(spool_dir=tmp_path).shutdown().sent == 2
    assert [event["feature"] for event in service.events] == ["first"] * 3 + ["second"] * 2


def test_what_was_refused_is_not_delivered_again(service: Any, make_client: Any, tmp_path: Path) -> None:
    service.script = [refuse(401, "UNAUTHORIZED")]
    client = make_client(spool_dir=tmp_path)
    client.track(openai_chat())
    assert client.flush().dropped == 1
    (file,) = spools(tmp_path)
    assert file.read_bytes() == b""


def test_a_shutdown_in_vain_leaves_its_events_to_the_next_start(
    service: Any, make_client: Any, tmp_path: Path
) -> None:
    away = bearlumen.Client("sk_test_stub", base_url=service.url, spool_dir=tmp_path, delivery={"firstBackoffMs": 10})
    service.script = [refuse(503, "SERVICE_UNAVAILABLE")] * 1000
    away.track(openai_chat())
    assert away.shutdown(timeout=0.3).pending == 1
    service.script = []
    assert make_client(spool_dir=tmp_path).shutdown().sent == 1
    assert len(service.events) == 1
    assert spools(tmp_path) == []


def test_a_torn_last_line_costs_itself_alone(service: Any, make_client: Any, tmp_path: Path, caplog: Any) -> None:
    crashed(tmp_path, service.url, 3)
    (file,) = spools(tmp_path)
    file.write_bytes(file.read_bytes()[:-20])
    client = make_client(spool_dir=tmp_path)
    assert client.shutdown().sent == 2
    assert "1 entries of a spool could not be read" in caplog.text


def test_a_living_process_keeps_its_own(service: Any, make_client: Any, tmp_path: Path) -> None:
    one = make_client(spool_dir=tmp_path, delivery=PATIENT)
    one.track(openai_chat())
    other = make_client(spool_dir=tmp_path, delivery=PATIENT)
    assert other.stats().tracked == 0
    other.track(openai_chat())
    assert len(spools(tmp_path)) == 2
    assert one.shutdown().sent == other.shutdown().sent == 1
    assert spools(tmp_path) == []


def test_of_two_that_start_at_once_one_takes_over(service: Any, tmp_path: Path) -> None:
    keys = crashed(tmp_path, service.url, 50)
    script = f"c = client(spool_dir={str(tmp_path)!r})\nprint(c.shutdown().sent)"
    processes = [start(script, service.url) for _ in range(4)]
    sent = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(sent) == 50 and sorted(sent)[:3] == [0, 0, 0]
    assert sorted(service.stored) == sorted(keys) and set(service.stored.values()) == {1}


def test_another_keys_events_wait_for_that_key(service: Any, tmp_path: Path) -> None:
    crashed(tmp_path, service.url, 2)
    other = bearlumen.Client("sk_test_other", base_url=service.url, spool_dir=tmp_path)
    assert other.shutdown().tracked == 0
    assert len(spools(tmp_path)) == 1 and "stub" not in spools(tmp_path)[0].name


def test_the_file_does_not_grow_with_what_was_delivered(service: Any, make_client: Any, tmp_path: Path) -> None:
    client = make_client(spool_dir=tmp_path)
    for _ in range(20):
        for _ in range(50):
            client.track(openai_chat(), metadata={"note": "x" * 200})
        client.flush()
    (file,) = spools(tmp_path)
    assert file.stat().st_size == 0


def test_a_file_with_much_behind_it_is_written_anew(service: Any, make_client: Any, tmp_path: Path) -> None:
    again = {"code": "INTERNAL_ERROR", "message": "again", "details": {"retryable": True}}
    one_batch = {"maxBatchBytes": 50_000_000, "firstBackoffMs": 3_600_000, "maxBackoffMs": 3_600_000}
    client = make_client(spool_dir=tmp_path, delivery={**PATIENT, **one_batch})
    for number in range(400):
        client.track(openai_chat(), idempotency_key=str(number), metadata={"note": "x" * 9000})
    (file,) = spools(tmp_path)
    assert file.stat().st_size > 3_000_000
    service.script = [Answer(207, errors={0: again})]
    assert client.flush(timeout=1).pending == 1
    assert spools(tmp_path) == [file]
    (kept,) = file.read_bytes().splitlines()
    assert kept.startswith(b"+0 ") and b'"idempotencyKey":"0"' in kept


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_nobody_else_can_read_it(make_client: Any, tmp_path: Path) -> None:
    client = make_client(spool_dir=tmp_path / "deep" / "spool", delivery=PATIENT)
    client.track(openai_chat(), user_id="user_1")
    (file,) = spools(tmp_path / "deep" / "spool")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert b"short waves" not in file.read_bytes()


def test_a_folder_that_cannot_be_used_is_said_at_once(service: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(bearlumen.InvalidRequestError, match="spool_dir"):
        bearlumen.Client("sk_test_stub", base_url=service.url, spool_dir=tmp_path / "file")


def test_a_disk_that_fails_costs_no_event(service: Any, make_client: Any, tmp_path: Path, caplog: Any) -> None:
    client = make_client(spool_dir=tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    for _ in range(3):
        client.track(openai_chat())
    assert client.flush().sent == 3
    assert caplog.text.count("kept in memory alone") == 1


@needs_fork
def test_a_forked_child_has_a_spool_of_its_own(service: Any, make_client: Any, tmp_path: Path) -> None:
    script = f"""
    c = client(spool_dir={str(tmp_path)!r}, delivery={{"flushIntervalMs": 3600000}})
    c.track(RESPONSE, feature="parent")
    pid = os.fork()
    if pid == 0:
        c.track(RESPONSE, feature="child")
        os.kill(os.getpid(), 9)
    os.waitpid(pid, 0)
    c.track(RESPONSE, feature="parent")
    os.kill(os.getpid(), 9)
    """
    run(script, service.url, code=-signal.SIGKILL)
    assert len(spools(tmp_path)) == 2
    assert make_client(spool_dir=tmp_path).shutdown().sent == 3
    assert sorted(event["feature"] for event in service.events) == ["child", "parent", "parent"]


def test_every_moment_of_a_crash(service: Any, make_client: Callable[..., Any], tmp_path: Path) -> None:
    """Killed at any time, each event is stored once after the next start."""
    script = f"""
    c = client(spool_dir={str(tmp_path)!r}, delivery={{"flushIntervalMs": 1, "maxBatchEvents": 7}})
    while True: os.write(1, (c.track(RESPONSE).idempotency_key + "\\n").encode())
    """
    keys: list[str] = []
    for turn in range(6):
        process = start(script, service.url)
        assert process.stdout is not None
        keys += [process.stdout.readline().strip() for _ in range(40 + 30 * turn)]
        process.kill()
        process.communicate()
    assert make_client(spool_dir=tmp_path).shutdown().pending == 0
    assert set(keys) <= {event["idempotencyKey"] for event in service.events}
