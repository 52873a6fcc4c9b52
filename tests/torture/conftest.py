"""The hosts of the conformance tests, each test with one of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "conformance"))

import preload  # noqa: E402
from clock import Clock  # noqa: E402
from hosts import Host  # noqa: E402

HOSTS = os.environ.get("BEARLUMEN_HOSTS", "native,edge").split(",")


@pytest.fixture(params=HOSTS)
def host(request, tmp_path):
    host = Host(request.param, tmp_path)
    host.start()
    yield host
    host.stop()


@pytest.fixture
def native(tmp_path):
    if "native" not in HOSTS:
        pytest.skip("only the native server")
    return Host("native", tmp_path)


@pytest.fixture
def clock(tmp_path):
    if not preload.is_possible():
        pytest.skip("no C compiler here, or not Linux: the clock cannot be moved")
    return Clock(tmp_path)


@pytest.fixture(params=HOSTS)
def clocked_host(request, tmp_path, clock):
    """A host that goes by `clock`."""
    host = Host(request.param, tmp_path, extra_environment=clock.environment)
    host.start()
    yield host
    host.stop()
