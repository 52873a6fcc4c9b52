"""The native server's figures for Prometheus."""

from __future__ import annotations

import re


def figure(text: str, name: str) -> float:
    found = re.findall(rf"^{re.escape(name)} ([0-9.e+-]+)$", text, re.MULTILINE)
    assert len(found) == 1, f"{name}:\n{text}"
    return float(found[0])


def test_what_was_answered_and_recorded_is_counted(mortal_host):
    host = mortal_host
    if host.name != "native":
        assert host.client.get(f"{host.base_url}/metrics").status_code == 401
        return
    organization = host.organization()
    event = {"eventType": "llm_call", "metricName": "calls", "quantity": 1, "idempotencyKey": "a"}
    host.call(organization, "POST", "/v1/usage/events", json=event)
    host.call(organization, "POST", "/v1/usage/events/batch", json={"events": [event, {**event, "idempotencyKey": "b"}, {}]})
    host.call(organization, "GET", "/v1/usage/events/evt_nothing")
    host.call(organization, "GET", "/v1/no/such/route")
    host.call(organization, "MADE-UP", "/v1/ping")
    text = host.client.get(f"{host.base_url}/metrics").text
    assert text.endswith("# EOF\n")
    assert figure(text, 'bearlumen_events_total{result="recorded"}') == 2
    assert figure(text, 'bearlumen_events_total{result="duplicate"}') == 1
    assert figure(text, 'bearlumen_events_total{result="failed"}') == 1
    assert figure(text, 'bearlumen_requests_total{method="POST",route="/v1/usage/events",status="201"}') == 1
    assert figure(text, 'bearlumen_requests_total{method="POST",route="/v1/usage/events/batch",status="207"}') == 1
    assert figure(text, 'bearlumen_requests_total{method="GET",route="/v1/usage/events/{eventId}",status="404"}') == 1
    assert figure(text, 'bearlumen_requests_total{method="",route="",status="404"}') == 1
    # A method of somebody's own makes no series of its own.
    assert figure(text, 'bearlumen_requests_total{method="",route="/v1/ping",status="405"}') == 1
    assert figure(text, "bearlumen_request_duration_seconds_count") == 6
    assert figure(text, "bearlumen_flush_duration_seconds_count") >= 2
    assert figure(text, "bearlumen_flushed_requests_total") >= 2
