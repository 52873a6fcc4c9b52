"""HEAD, on both hosts: what GET answers, without its body."""

from __future__ import annotations

import json
import socket
import time

import pytest

EVENT = {"eventType": "llm_call", "metricName": "calls", "quantity": 1, "model": "gpt-4o", "provider": "openai"}
# These differ from one answer to the next.
OWN = {"date", "x-correlation-id"}
PAGES = ["/", "/costs.js", "/costs.css", "/openapi.json", "/docs"]


@pytest.fixture(scope="module")
def organization(host):
    organization = host.organization("head")
    host.call(organization, "POST", "/v1/usage/events", json=EVENT)
    return organization


def paths(host, organization) -> list[tuple[str, str]]:
    """All that GET answers, with a key that may ask it."""
    document = host.client.get(f"{host.base_url}/openapi.json").json()
    found = [(page, "") for page in PAGES]
    for path, verbs in sorted(document["paths"].items()):
        if "get" in verbs:
            operator = path.startswith("/admin/")
            path = path.replace("/admin/organizations/{id}", f"/admin/organizations/{organization.id}")
            parts = ["anything" if part.startswith("{") else part for part in path.split("/")]
            found.append(("/".join(parts), host.admin_secret if operator else organization.key))
    assert len(found) > 60
    return found


def ask(host, method: str, path: str, key: str):
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return host.client.request(method, host.base_url + path, headers=headers)


def headers(answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in OWN}


def test_head_is_answered_as_get_is_without_the_body(host, organization):
    statuses = set()
    for path, key in paths(host, organization):
        # An error names itself, not always at the same length.
        got, head = ask(host, "GET", path, key), ask(host, "HEAD", path, key)
        assert (head.status_code, head.content) == (got.status_code, b""), path
        told, expected = headers(head), headers(got)
        if got.status_code != 200:
            assert abs(int(told.pop("content-length")) - int(expected.pop("content-length"))) < 20, path
        assert told == expected, path
        assert head.headers["x-correlation-id"]
        statuses.add(head.status_code)
    assert {200, 400, 404} <= statuses


def test_who_may_not_get_may_not_head(host, organization):
    lesser = host.key(organization, "usage:write")["key"]
    for path, key, status in [
        ("/v1/cost-data/summary", "", 401),
        ("/v1/cost-data/summary", "sk_live_" + "a" * 64, 401),
        ("/v1/cost-data/summary", lesser, 403),
        ("/v1/cost-data/summary?start_dat=x", organization.key, 400),
        ("/v1/nothing-here", organization.key, 404),
        ("/v1/track", organization.key, 405),
        ("/admin/organizations", host.admin_secret, 405),
        (f"/admin/organizations/{organization.id}", organization.key, 401),
    ]:
        head = ask(host, "HEAD", path, key)
        assert (head.status_code, head.content) == (status, b""), path
        assert status != 405 or head.headers["allow"] == "POST"


def test_nothing_follows_the_head_of_an_answer_to_head(host, organization):
    address, _, port = host.base_url.removeprefix("http://").partition(":")
    for path, status in [("/v1/ping", b"200"), ("/v1/nothing-here", b"404"), ("/docs", b"200"), ("/v1/costs", b"404")]:
        with socket.create_connection((address, int(port)), timeout=10) as connection:
            for method, end in [("HEAD", ""), ("GET", "connection: close\r\n")]:
                lines = f"{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {organization.key}\r\n{end}\r\n"
                connection.sendall(lines.encode())
            came = b"".join(iter(lambda: connection.recv(65536), b""))
        first, _, rest = came.partition(b"\r\n\r\n")
        assert first.split()[1] == status, path
        length = [line for line in first.lower().split(b"\r\n") if line.startswith(b"content-length: ")]
        assert length and length != [b"content-length: 0"], f"{path}: {first}"
        assert rest.startswith(b"HTTP/1.1 " + status), path


def test_head_is_logged_and_counted_as_itself(host, organization):
    answer = ask(host, "HEAD", "/v1/usage/events/evt_nothing", organization.key)
    named = answer.headers["x-correlation-id"]
    until = time.monotonic() + 5
    lines = []
    while not lines and time.monotonic() < until:
        lines = [line for line in host.log().splitlines() if named in line]
        time.sleep(0.05)
    line = json.loads(lines[0][lines[0].index("{"):])
    assert (line["method"], line["route"], line["status"]) == ("HEAD", "/v1/usage/events/{eventId}", 404)
    if host.name == "native":
        figures = host.client.get(f"{host.base_url}/metrics").text
        assert 'bearlumen_requests_total{method="HEAD",route="/v1/usage/events/{eventId}",status="404"}' in figures
