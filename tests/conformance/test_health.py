"""`/healthz`: what a monitor and a load balancer are told."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from conftest import HOSTS
from hosts import Host

# For so long an answer holds.
FRESH_S = 1.0


@pytest.fixture
def native(tmp_path):
    if "native" not in HOSTS:
        pytest.skip("only the native server has a disk of its own")
    host = Host("native", tmp_path)
    yield host
    host.stop()


def healthz(host, method: str = "GET"):
    return host.client.request(method, f"{host.base_url}/healthz")


def trouble(host) -> str:
    """Why the server says that it cannot work, once what it found before no longer holds."""
    time.sleep(FRESH_S + 0.1)
    answer = healthz(host)
    assert answer.status_code == 503, answer.text
    assert answer.headers["retry-after"] == "1" and answer.headers["cache-control"] == "no-store"
    error = answer.json()["error"]
    assert error["code"] == "SERVICE_UNAVAILABLE" and error["details"]["retryable"]
    assert str(host.folder) not in answer.text, "where it is, is nobody's business"
    return error["message"].removeprefix("The data directory cannot be used: ")


def is_well_again(host) -> None:
    time.sleep(FRESH_S + 0.1)
    assert (healthz(host).status_code, healthz(host).text) == (200, "ok")


def test_a_service_that_is_well_says_so_to_anybody(host):
    answer = healthz(host)
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-correlation-id"]
    head = healthz(host, "HEAD")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "2")
    assert healthz(host, "POST").status_code == 405
    assert healthz(host, "POST").headers["allow"] == "GET, HEAD"


def test_a_data_directory_that_is_gone_is_told_and_logged_once(native):
    native.start()
    assert healthz(native).text == "ok"
    data = native.folder / "data"
    for gone in (data, data / "organizations"):
        gone.rename(native.folder / "elsewhere")
        assert "No such file or directory" in trouble(native)
        assert "No such file or directory" in trouble(native)
        (native.folder / "elsewhere").rename(gone)
        is_well_again(native)
    assert native.log().count('"message":"unhealthy"') == 2
    assert native.log().count('"message":"healthy again"') == 2


def test_an_empty_directory_in_its_place_is_not_taken_for_it(native):
    native.start()
    data = native.folder / "data"
    data.rename(native.folder / "elsewhere")
    (data / "organizations").mkdir(parents=True)
    assert "No such file or directory" in trouble(native)


@contextlib.contextmanager
def mounted(folder: Path, options: str):
    """A file system of its own in memory."""
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a file system here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


@pytest.fixture
def small_disk(tmp_path):
    """A disk that is soon full."""
    folder = tmp_path / "small"
    folder.mkdir()
    with mounted(folder, "size=2m"):
        yield folder


def test_a_full_disk_is_told(small_disk, native):
    (native.folder / "data").symlink_to(small_disk)
    native.start()
    assert healthz(native).text == "ok"
    with (small_disk / "filling").open("wb", buffering=0) as filling, pytest.raises(OSError):
        while True:
            filling.write(bytes(4096))
    assert "No space left on device" in trouble(native)
    (small_disk / "filling").unlink()
    is_well_again(native)


def test_a_disk_that_may_only_be_read_is_told(native):
    native.start()
    with mounted(native.folder / "data" / "organizations", "ro"):
        assert "Read-only file system" in trouble(native)
    is_well_again(native)


def test_a_disk_that_hangs_holds_neither_who_asks_nor_the_server(native):
    native.start()
    secret = native.folder / "data" / "server-secret"
    secret.rename(secret.with_name("kept"))
    # To read one waits until somebody writes to it.
    os.mkfifo(secret)
    threads = Path(f"/proc/{native.process.pid}/task")
    time.sleep(FRESH_S + 0.1)
    before = len(list(threads.iterdir())) if threads.exists() else 0
    began = time.monotonic()
    with ThreadPoolExecutor(32) as many:
        answers = list(many.map(lambda _: healthz(native), range(32)))
    assert time.monotonic() - began < 4
    assert {answer.status_code for answer in answers} == {503}
    assert "does not answer within 2 s" in trouble(native)
    # Who hangs up while it is tried leaves nothing behind.
    for _ in range(5):
        time.sleep(FRESH_S / 2)
        with contextlib.suppress(httpx.ReadTimeout):
            native.client.get(f"{native.base_url}/healthz", timeout=0.5)
    if threads.exists():
        assert len(list(threads.iterdir())) <= before + 1
    native.process.terminate()
    native.process.wait(timeout=10)
    assert "Stopped; everything accepted is stored" in native.log()


def test_asking_often_costs_the_disk_nothing(native):
    native.start()
    organizations = native.folder / "data" / "organizations"
    began = time.monotonic()
    touched = set()
    for _ in range(300):
        assert healthz(native).text == "ok"
        touched.add(organizations.stat().st_mtime_ns)
    assert len(touched) <= 2 + (time.monotonic() - began) / FRESH_S
    assert [file.name for file in organizations.iterdir() if file.name.startswith(".")] == []
