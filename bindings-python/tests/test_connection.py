"""Proxies, certificates, compression, and a key that is never shown."""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from conftest import QUICK
from responses import openai_chat
from stub_service import StubService

import bearlumen

FINE = (200, {}, {"ok": True, "organizationId": "org_1"})
# Nobody answers there: what arrives came through the proxy.
ELSEWHERE = "http://service.invalid:8787"


@pytest.fixture
def proxy(service: StubService) -> StubService:
    # A proxy is asked with the whole url.
    service.replies[f"{ELSEWHERE}/v1/ping"] = FINE
    return service


def test_a_proxy_is_used(proxy: Any) -> None:
    with bearlumen.Client("sk_test_stub", base_url=ELSEWHERE, proxy=proxy.url) as client:
        assert client.ping().ok


def test_a_proxy_of_the_environment_is_used(proxy: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with bearlumen.Client("sk_test_stub", base_url=ELSEWHERE) as client:
        assert client.ping().ok

    async def main() -> Any:
        async with bearlumen.AsyncClient("sk_test_stub", base_url=ELSEWHERE) as client:
            return await client.ping()

    assert asyncio.run(main()).ok


def test_no_proxy_is_kept_to(service: Any, monkeypatch: Any) -> None:
    service.replies["/v1/ping"] = FINE
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with bearlumen.Client("sk_test_stub", base_url=service.url) as client:
        assert client.ping().ok


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(service: StubService, authority: trustme.CA) -> StubService:
    """The service behind a certificate that only its own authority vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    service._server.socket = context.wrap_socket(service._server.socket, server_side=True)
    service.url = service.url.replace("http://", "https://")
    service.replies["/v1/ping"] = FINE
    return service


def test_a_strange_certificate_is_refused(secure: Any) -> None:
    with bearlumen.Client("sk_test_stub", base_url=secure.url, max_retries=0) as client:
        with pytest.raises(bearlumen.NetworkError, match="CERTIFICATE_VERIFY_FAILED"):
            client.ping()


@pytest.mark.parametrize("form", ["file", "context", "environment"])
def test_an_authority_of_ones_own(form: str, secure: Any, authority: Any, tmp_path: Path, monkeypatch: Any) -> None:
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    options: dict[str, Any] = {}
    if form == "file":
        options["verify"] = str(file)
    elif form == "context":
        options["verify"] = ssl.create_default_context(cafile=str(file))
    else:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with bearlumen.Client("sk_test_stub", base_url=secure.url, delivery=QUICK, **options) as client:
        assert client.ping().ok
        client.track(openai_chat())
        assert client.flush().sent == 1


def test_a_compressed_answer_is_read(service: Any, make_client: Any) -> None:
    body = gzip.compress(json.dumps(FINE[2]).encode())
    service.replies["/v1/ping"] = (200, {"Content-Encoding": "gzip"}, body)
    assert make_client().ping().organization_id == "org_1"
    assert "gzip" in service.requests[0][1]["accept-encoding"]


def test_connections_are_kept(service: Any, make_client: Any) -> None:
    service.replies["/v1/ping"] = FINE
    client = make_client()
    for _ in range(5):
        client.ping()
    assert len(service.connections) == 1


def test_the_key_is_shown_nowhere(service: Any) -> None:
    secret = "sk_test_a_secret"
    for make in (bearlumen.Client, bearlumen.AsyncClient):
        client: Any = make(secret, base_url=service.url)
        parts = list(vars(client).values())
        within = [value for part in parts for value in getattr(part, "__dict__", {}).values()]
        for value in (client, *parts, *within):
            assert isinstance(value, str) or secret not in repr(value), type(value)
        if isinstance(client, bearlumen.Client):
            client.shutdown()
        else:
            asyncio.run(client.shutdown())
