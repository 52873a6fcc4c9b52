"""A plan's rate holds on both hosts. The exact boundary is tested with a given clock in `service/src/limits.rs`."""

from __future__ import annotations

import time


def test_beyond_its_plan_a_key_is_told_when_to_come_back(host):
    organization = host.organization("limited")
    host.admin("PATCH", f"/admin/organizations/{organization.id}", {"plan": "free"})
    began = time.monotonic()
    answers = []
    while not answers or answers[-1].status_code == 200:
        answers.append(host.call(organization, "GET", "/v1/ping"))
        assert len(answers) < 1000, "nothing limits the key"
    passed = len(answers) - 1
    # Ten at once, then one a second.
    assert 10 <= passed <= 11 + (time.monotonic() - began)

    refused = answers[-1]
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    error = refused.json()["error"]
    assert error["code"] == "RATE_LIMIT_EXCEEDED"
    assert error["details"] == {"retryable": True, "retryAfter": 1}

    other = host.key(organization)["key"]
    answer = host.client.get(f"{host.base_url}/v1/ping", headers={"authorization": f"Bearer {other}"})
    assert answer.status_code == 200, "another key has an allowance of its own"

    time.sleep(int(refused.headers["retry-after"]))
    assert host.call(organization, "GET", "/v1/ping").status_code == 200
