"""The native server under an operator's hands: slow clients, stops, and starts that cannot be."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from hosts import Host

EVENT = {"eventType": "llm_call", "metricName": "calls", "quantity": 1}


@pytest.fixture
def native(tmp_path):
    host = Host("native", tmp_path)
    host.start()
    yield host
    host.stop()


def connected(host: Host) -> socket.socket:
    address, _, port = host.base_url.removeprefix("http://").partition(":")
    connection = socket.create_connection((address, int(port)), timeout=10)
    return connection


def head(key: str, length: int) -> bytes:
    lines = ["POST /v1/usage/events HTTP/1.1", "host: x", f"authorization: Bearer {key}", f"content-length: {length}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def stopped_within(host: Host, seconds: float) -> None:
    host.process.terminate()
    host.process.wait(timeout=seconds)
    assert host.process.returncode == 0 and "Stopped; everything accepted is stored" in host.log()


@pytest.mark.parametrize("sent", ["half a head", "half a body", "questions without taking answers"])
def test_who_sends_or_takes_slowly_does_not_hold_a_server_that_stops(native, sent):
    organization = native.organization()
    connection = connected(native)
    if sent == "half a head":
        connection.sendall(b"GET /v1/ping HTTP/1.1\r\nhost: x\r\n")
    elif sent == "half a body":
        connection.sendall(head(organization.key, 100) + b"{")
    else:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)
        asked = time.monotonic() + 1
        while time.monotonic() < asked:
            try:
                connection.send(b"GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n")
            except BlockingIOError:
                time.sleep(0.01)
    time.sleep(0.2)
    stopped_within(native, 20)
    connection.close()


def test_a_request_that_arrives_while_a_server_stops_is_answered(native):
    organization = native.organization()
    body = json.dumps(EVENT).encode()
    connection = connected(native)
    connection.sendall(head(organization.key, len(body)) + body[:5])
    time.sleep(0.2)
    native.process.terminate()
    time.sleep(1)
    connection.sendall(body[5:])
    assert connection.recv(100).startswith(b"HTTP/1.1 201 ")
    native.process.wait(timeout=20)
    native.start()
    assert native.call(organization, "GET", "/v1/usage/events").json()["total"] == 1


def test_who_is_turned_away_is_so_before_his_body_has_come(native):
    for key, length, status in [("sk_live_nothing", 1000, b"401"), ("sk_live_nothing", 10**12, b"413")]:
        connection = connected(native)
        started = time.monotonic()
        connection.sendall(head(key, length) + b"{")
        assert connection.recv(100).split()[1] == status
        assert time.monotonic() - started < 8
        connection.close()


def serve(*arguments: str) -> subprocess.CompletedProcess:
    command = Host("native", Path()).command()
    return subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=30, check=False)


def test_a_second_server_on_one_data_directory_is_refused(native):
    data = native.folder / "data"
    second = serve("--addr", "127.0.0.1:0", "--data", str(data))
    assert second.returncode == 1
    assert second.stderr == f"bearlumen: {data}: another `bearlumen serve` uses this data directory\n"
    native.kill()
    native.start()  # what was killed holds nothing


def test_a_first_start_that_cannot_listen_makes_no_key(native, tmp_path):
    data = tmp_path / "other"
    failed = serve("--addr", native.base_url.removeprefix("http://"), "--data", str(data))
    assert failed.returncode == 1 and "Address already in use" in failed.stderr
    assert list((data / "organizations").iterdir()) == []


def test_a_new_data_directory_is_its_owners_alone(native):
    assert (native.folder / "data").stat().st_mode & 0o077 == 0


def test_what_cannot_be_opened_is_named_in_the_log(native):
    organization = native.organization()
    file = native.folder / "data" / "organizations" / f"{organization.id}.sqlite"
    native.stop()
    database = sqlite3.connect(file)
    newest = database.execute("SELECT MAX(number) FROM migration").fetchone()[0]
    database.execute("INSERT INTO migration (number, applied_ms) VALUES (?, 0)", (newest + 1,))
    database.commit()
    database.close()
    native.start()
    answer = native.call(organization, "POST", "/v1/usage/events", json=EVENT)
    assert answer.status_code == 503
    assert f"{file.name}: a newer version of Bear Lumen has changed it (to schema {newest + 1}" in native.log()


def test_a_copy_made_while_it_ran_is_restored_as_the_guide_says(native):
    organization = native.organization()
    file = native.folder / "data" / "organizations" / f"{organization.id}.sqlite"
    native.call(organization, "POST", "/v1/usage/events", json=EVENT)
    copy = native.folder / "copy.sqlite"
    with contextlib.closing(sqlite3.connect(file)) as from_, contextlib.closing(sqlite3.connect(copy)) as to:
        from_.backup(to)
    native.call(organization, "POST", "/v1/usage/events", json=EVENT)
    native.kill()
    # What a killed server leaves would be laid over the copy.
    for beside in ("-wal", "-shm"):
        file.with_name(file.name + beside).unlink()
    shutil.copy(copy, file)
    native.start()
    assert native.call(organization, "GET", "/v1/usage/events").json()["total"] == 1
