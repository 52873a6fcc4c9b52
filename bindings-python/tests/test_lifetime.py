"""Ends and forks of processes, tried in processes of their own."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import textwrap
import time
from typing import Any

import pytest
from responses import openai_chat
from stub_service import Answer

PRELUDE = """
import json, os, sys, time
import bearlumen
QUICK = {"flushIntervalMs": 20, "firstBackoffMs": 20, "maxBackoffMs": 100}
URL = sys.argv[1]
RESPONSE = {"id": "chatcmpl-1", "model": "gpt-4o", "usage": {"prompt_tokens": 10, "completion_tokens": 5}}
def client(**options):
    return bearlumen.Client("sk_test_stub", **{"base_url": URL, "timeout": 5.0, "delivery": QUICK, **options})
def say(stats):
    print(json.dumps(stats), flush=True)
"""

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")


def start(script: str, url: str) -> subprocess.Popen[str]:
    program = PRELUDE + textwrap.dedent(script)
    return subprocess.Popen(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program, url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(script: str, url: str, code: int = 0) -> list[str]:
    """Runs to the end; nothing may be written to stderr by a process that ends well."""
    process = start(script, url)
    try:
        out, err = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # with the children it forked
        process.communicate()
        raise
    assert process.returncode == code, err
    if code == 0:
        assert err == ""
    return out.splitlines()


def test_a_script_that_just_ends_delivers(service: Any) -> None:
    run("c = client(delivery={})\nfor _ in range(3): c.track(RESPONSE, feature='f')", service.url)
    assert len(service.events) == 3


def test_a_script_that_ends_with_an_exception_delivers(service: Any) -> None:
    run("c = client()\nc.track(RESPONSE)\nraise SystemExit(3)", service.url, code=3)
    run("c = client()\nc.track(RESPONSE)\n1 / 0", service.url, code=1)
    assert len(service.events) == 2


def test_an_event_tracked_by_another_thread_at_the_end_is_delivered(service: Any) -> None:
    script = """
    import threading
    c = client()
    def late():
        time.sleep(0.2)
        c.track(RESPONSE)
    threading.Thread(target=late).start()
    """
    run(script, service.url)
    assert len(service.events) == 1


def test_a_service_that_hangs_does_not_hold_the_process(service: Any) -> None:
    service.script = [Answer(how="never", stores=False)]
    started = time.monotonic()
    run("c = client()\nc.track(RESPONSE)\ntime.sleep(0.5)", service.url)
    assert time.monotonic() - started < 8


def test_no_service_does_not_hold_the_process() -> None:
    started = time.monotonic()
    run("c = client()\nc.track(RESPONSE)", "http://127.0.0.1:9")
    assert time.monotonic() - started < 8


def test_a_client_that_tracked_nothing_has_no_thread(service: Any) -> None:
    script = """
    import threading
    c = client()
    say(c.flush()); say(c.shutdown())
    assert threading.active_count() == 1
    """
    assert len(run(script, service.url)) == 2


def test_the_background_thread_imports_nothing(service: Any) -> None:
    # A fork in the middle of an import leaves the child with a module that nobody finishes.
    script = """
    c = client(base_url=URL.replace("127.0.0.1", "localhost"))
    before = set(sys.modules)
    c.track(RESPONSE)
    c.flush()
    assert c.stats().sent == 1
    print(*set(sys.modules) - before)
    """
    assert run(script, service.url) == [""]


def test_a_terminated_process_that_exits_by_its_handler_delivers(service: Any) -> None:
    script = """
    import signal
    c = client(delivery={"flushIntervalMs": 3600000})
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    c.track(RESPONSE)
    print("ready", flush=True)
    time.sleep(30)
    """
    process = start(script, service.url)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert len(service.events) == 1


def test_a_signal_handler_may_track_and_flush_in_the_middle_of_either(service: Any) -> None:
    script = """
    import signal
    c = client()
    def alarm(*_):
        c.track(RESPONSE, feature="alarm")
        c.flush(timeout=0)
        signal.setitimer(signal.ITIMER_REAL, again)  # here, so that a slow machine does not pile them up
    signal.signal(signal.SIGALRM, alarm)
    again = 0.0003
    signal.setitimer(signal.ITIMER_REAL, again)
    for _ in range(3000):
        c.track(RESPONSE)
        c.flush(timeout=0)
    again = 0
    time.sleep(0.01)
    stats = c.shutdown()
    assert stats.sent == stats.tracked > 3000, stats
    """
    run(script, service.url)


@needs_fork
def test_a_forked_child_starts_empty_and_the_parent_keeps_its_events(service: Any) -> None:
    script = """
    c = client(delivery={"flushIntervalMs": 3600000})
    for _ in range(5): c.track(RESPONSE, feature="parent", idempotency_key=None)
    pid = os.fork()
    if pid == 0:
        say(c.stats())
        for _ in range(3): c.track(RESPONSE, feature="child")
        say(c.shutdown())
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(pid, 0)
    say(c.shutdown())
    """
    lines = run(script, service.url)
    assert '"tracked": 0' in lines[0]
    assert '"tracked": 3, "sent": 3, "dropped": 0, "pending": 0' in lines[1]
    assert '"tracked": 5, "sent": 5, "dropped": 0, "pending": 0' in lines[2]
    features = [event["feature"] for event in service.events]
    assert (features.count("parent"), features.count("child")) == (5, 3)


@needs_fork
def test_parent_and_children_never_make_the_same_key(service: Any) -> None:
    script = """
    c = client()
    c.track(RESPONSE)  # draws from the parent's randomness
    pids = []
    for _ in range(4):
        pid = os.fork()
        if pid == 0:
            for _ in range(20): c.track(RESPONSE)
            c.shutdown()
            os._exit(0)
        pids.append(pid)
    for _ in range(20): c.track(RESPONSE)
    for pid in pids: os.waitpid(pid, 0)
    c.shutdown()
    """
    run(script, service.url)
    assert len(service.events) == 1 + 5 * 20


@needs_fork
def test_a_fork_in_the_middle_of_sending_and_reading_harms_neither(service: Any) -> None:
    service.replies["/v1/ping"] = (200, {}, {"ok": True, "organizationId": "org_1"})
    script = """
    c = client()
    for turn in range(30):
        c.track(RESPONSE)
        c.ping()
        pid = os.fork()
        if pid == 0:
            ok = c.ping().ok
            c.track(RESPONSE)
            os._exit(0 if ok and c.shutdown().sent == 1 else 1)
        assert c.ping().ok
        _, status = os.waitpid(pid, 0)
        assert status == 0
    assert c.shutdown().sent == 30
    """
    run(script, service.url)
    assert len(service.events) == 60


@needs_fork
def test_a_fork_right_after_the_first_event_finds_no_half_imported_module(service: Any) -> None:
    script = """
    c = client()
    c.track(RESPONSE)  # its thread now imports the HTTP client
    time.sleep(float(sys.argv[2]))
    pid = os.fork()
    if pid == 0:
        c.track(RESPONSE)
        os._exit(0 if c.shutdown().sent == 1 else 1)
    _, status = os.waitpid(pid, 0)
    assert status == 0
    assert c.shutdown().sent == 1
    """
    for delay in (0.0, 0.03, 0.06):
        run(script.replace("sys.argv[2]", str(delay)), service.url)
    assert len(service.events) == 6


@needs_fork
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_child_of_multiprocessing_delivers_before_it_leaves(method: str, service: Any, tmp_path: Any) -> None:
    # A file, for a spawned child imports the program again.
    program = tmp_path / "program.py"
    body = """
    def work(number):
        c = client()
        c.track(RESPONSE, feature=str(number))
        return number

    if __name__ == "__main__":
        import multiprocessing
        context = multiprocessing.get_context(sys.argv[2])
        children = [context.Process(target=work, args=(number,)) for number in range(3)]
        for child in children: child.start()
        for child in children: child.join()
    """
    program.write_text(PRELUDE + textwrap.dedent(body), "utf-8")
    done = subprocess.run([sys.executable, program, service.url, method], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(event["feature"] for event in service.events) == ["0", "1", "2"]


def test_a_dropped_client_delivers_and_gives_its_thread_back(service: Any, make_client: Any) -> None:
    import bearlumen

    client = bearlumen.Client("sk_test_stub", base_url=service.url)
    client.track(openai_chat())
    thread = client._worker._thread
    assert thread is not None and thread.is_alive()
    del client
    gc.collect()
    thread.join(10)
    assert not thread.is_alive()
    assert len(service.events) == 1


def test_a_stream_under_way_at_the_end_is_recorded(service: Any) -> None:
    script = """
    c = client(delivery={})
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "gpt-4o", "choices": []}
    stream = c.track(iter([chunk, chunk]))
    next(stream)
    """
    run(script, service.url)
    (event,) = service.events
    assert (event["model"], event["incomplete"]) == ("gpt-4o", True)


@needs_fork
def test_a_stream_under_way_is_the_parents(service: Any) -> None:
    script = """
    c = client()
    stream = c.track(iter([RESPONSE]))
    pid = os.fork()
    if pid == 0:
        del stream
        os._exit(0 if c.shutdown().tracked == 0 else 1)
    _, status = os.waitpid(pid, 0)
    assert status == 0
    list(stream)
    assert c.shutdown().sent == 1
    """
    run(script, service.url)
    assert [event["quantity"] for event in service.events] == [15]


@needs_fork
def test_workers_of_a_server_that_forks_past_python_deliver(service: Any) -> None:
    # As uWSGI does: by the system's own call, so that no hook of Python's runs.
    service.replies["/v1/ping"] = (200, {}, {"ok": True, "organizationId": "org_1"})
    script = """
    import ctypes
    c = client()
    c.track(RESPONSE, feature="master")
    c.flush()
    time.sleep(0.3)  # so that no other thread waits for the interpreter, which would wait for that thread in the child
    fork = ctypes.PyDLL(None).fork
    workers = []
    for number in range(3):
        pid = fork()
        if pid == 0:
            if number == 0: assert c.stats().tracked == 0
            if number == 1: assert c.ping().ok
            for _ in range(10): c.track(RESPONSE, feature=f"worker {number}")
            if number == 2: assert c.flush().sent == 10
            deadline = time.monotonic() + 20
            while c.stats().pending and time.monotonic() < deadline: time.sleep(0.02)
            stats = c.stats()
            os._exit(0 if stats.tracked == stats.sent == 10 else 1)
        workers.append(pid)
    for pid in workers: assert os.waitpid(pid, 0)[1] == 0
    assert c.shutdown().sent == 1
    """
    run(script, service.url)
    features = [event["feature"] for event in service.events]
    assert {name: features.count(name) for name in features} == {
        "master": 1,
        **{f"worker {number}": 10 for number in range(3)},
    }


@needs_fork
def test_workers_of_a_preloaded_server_deliver(service: Any) -> None:
    # As gunicorn does with --preload: the client is made, and used, before the workers are.
    script = """
    import signal
    c = client()
    c.track(RESPONSE, feature="master")
    workers = []
    ready, tell = os.pipe()
    for number in range(3):
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
            for _ in range(10): c.track(RESPONSE, feature=f"worker {number}")
            os.write(tell, b".")
            time.sleep(30)
        workers.append(pid)
    for _ in workers: assert os.read(ready, 1) == b"."
    for pid in workers: os.kill(pid, signal.SIGTERM)
    for pid in workers: assert os.waitpid(pid, 0)[1] == 0
    """
    run(script, service.url)
    features = [event["feature"] for event in service.events]
    assert {name: features.count(name) for name in features} == {
        "master": 1,
        **{f"worker {number}": 10 for number in range(3)},
    }
