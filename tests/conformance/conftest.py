"""Both hosts, each started once for all tests of a run."""

from __future__ import annotations

import os

import pytest

from hosts import Host

HOSTS = os.environ.get("BEARLUMEN_HOSTS", "native,edge").split(",")


@pytest.fixture(scope="session", params=HOSTS)
def host(request, tmp_path_factory):
    host = Host(request.param, tmp_path_factory.mktemp(request.param))
    host.start()
    yield host
    host.stop()


@pytest.fixture(params=HOSTS)
def mortal_host(request, tmp_path):
    """A host of its own for a test that kills it."""
    host = Host(request.param, tmp_path)
    host.start()
    yield host
    host.stop()
