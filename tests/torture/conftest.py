"""The hosts of the conformance tests, each test with one of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "conformance"))

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
