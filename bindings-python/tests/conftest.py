"""The tests see the package as a user does: the built wheel, installed."""

from __future__ import annotations

import gc
import json
import os
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
from stub_service import StubService

import bearlumen

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "tests" / "vectors"

# As quick as the defaults are patient: what is tested is what happens, not how long it takes.
QUICK = {"flushIntervalMs": 20, "firstBackoffMs": 20, "maxBackoffMs": 100}


def pytest_configure() -> None:
    package = Path(bearlumen.__file__).resolve()
    if ROOT / "bindings-python" in package.parents:
        raise pytest.UsageError(f"these tests need the installed wheel, not {package}")


def pytest_collection_finish() -> None:
    # What the providers' libraries made when they were imported stays: tests that collect garbage need not go through it.
    gc.collect()
    gc.freeze()


def vectors(folder: str) -> list[Any]:
    """The files of a folder of vectors, each a test named like it."""
    files = sorted((VECTORS / folder).glob("*.json"))
    assert files, f"no vectors in {folder}"
    return [pytest.param(json.loads(file.read_text("utf-8")), id=file.stem) for file in files]


@pytest.fixture
def service() -> Iterator[StubService]:
    with StubService() as stub:
        yield stub


@pytest.fixture
def make_client(service: StubService) -> Iterator[Callable[..., bearlumen.Client]]:
    """Makes clients of the stub and shuts them down."""
    clients = []

    def make(**options: Any) -> bearlumen.Client:
        options = {"base_url": service.url, "timeout": 5.0, "delivery": QUICK, **options}
        clients.append(bearlumen.Client("sk_test_stub", **options))
        return clients[-1]

    yield make
    for client in clients:
        client.shutdown(timeout=0)


@pytest.fixture
def real_client() -> Iterator[bearlumen.Client]:
    """A client of the service that the environment names."""
    url, key = os.environ.get("BEARLUMEN_TEST_BASE_URL"), os.environ.get("BEARLUMEN_TEST_API_KEY")
    if not url or not key:
        pytest.skip("BEARLUMEN_TEST_BASE_URL and BEARLUMEN_TEST_API_KEY name no service")
    with bearlumen.Client(key, base_url=url) as client:
        yield client
