"""What the Worker answers when the platform fails it: on the real runtime, with `faults.mjs` before the built Worker."""

from __future__ import annotations

import json
import re
import threading
import time
from pathlib import Path

import pytest

from conftest import HOSTS
from hosts import Host

EVENT = {"eventType": "llm_call", "metricName": "calls", "quantity": 1}
FAULTS = ["throws", "overloaded", "cannot be made again", "reset before it writes", "throws after it wrote", "traps", "unreachable"]


def faulty(folder: Path, **environment: str) -> Host:
    if "edge" not in HOSTS:
        pytest.skip("only the Worker")
    in_front = Path(__file__).with_name("faults.mjs")
    return Host("edge", folder, extra_arguments=["--in-front", str(in_front)], extra_environment=environment)


@pytest.fixture(scope="module")
def edge(tmp_path_factory):
    host = faulty(tmp_path_factory.mktemp("faulty"))
    host.start()
    yield host
    host.stop()


def record(edge, organization, key: str, fault: str = "none", **options):
    event = {**EVENT, "idempotencyKey": key}
    return edge.call(organization, "POST", "/v1/usage/events", json=event, headers={"x-fault": fault}, **options)


@pytest.mark.parametrize("fault", FAULTS)
def test_an_object_that_fails_is_answered_for(edge, fault):
    organization = edge.organization("faulty")
    answer = record(edge, organization, "a", fault)
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["retry-after"] == "1"
    told = answer.json()
    assert told["success"] is False
    assert told["error"]["code"] == "SERVICE_UNAVAILABLE"
    assert told["error"]["details"] == {"retryable": True, "retryAfter": 1}
    assert told["error"]["correlationId"] == answer.headers["x-correlation-id"]
    assert re.fullmatch(r"[A-Z]+-[A-Z]+-[0-9A-Za-z]{6}", answer.headers["x-correlation-id"])
    assert (told["meta"]["path"], told["meta"]["method"]) == ("/v1/usage/events", "POST")
    assert "on purpose" not in answer.text, "the cause is for the log"

    # Sent again as it says, it is there once; an object that cannot be made fails once more first.
    again = record(edge, organization, "a")
    if fault == "cannot be made again":
        assert (again.status_code, again.json()["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
        again = record(edge, organization, "a")
    assert again.status_code == (200 if fault == "throws after it wrote" else 201), again.text
    assert edge.call(organization, "GET", "/v1/usage/events").json()["total"] == 1


def test_it_is_logged_with_its_cause_and_without_a_secret(edge):
    organization = edge.organization("faulty")
    path = "/v1/end-users/somebody@example.com?search=somebody"
    answer = edge.call(organization, "GET", path, headers={"x-fault": "throws"})
    assert answer.status_code == 503
    until = time.monotonic() + 5
    lines = []
    while not lines and time.monotonic() < until:
        lines = [line for line in edge.log().splitlines() if answer.headers["x-correlation-id"] in line]
        time.sleep(0.05)
    assert len(lines) == 1
    line = json.loads(lines[0][lines[0].index("{"):])
    assert (line["level"], line["message"], line["method"], line["status"]) == ("ERROR", "request failed", "GET", 503)
    assert (line["route"], line["organization"]) == ("/v1/end-users/{id}", organization.id)
    assert "thrown on purpose" in line["cause"]
    assert organization.key not in edge.log() and edge.admin_secret not in edge.log()
    assert "somebody" not in lines[0]


@pytest.mark.parametrize(("level", "logged"), [("warn", True), ("error", True), ("off", False)])
def test_a_level_keeps_requests_out_of_the_log(level, logged, tmp_path):
    host = faulty(tmp_path, BEARLUMEN_LOG=level)
    host.start()
    organization = host.organization("quiet")
    well = host.call(organization, "GET", "/v1/ping")
    wrong = host.call(organization, "GET", "/v1/ping", headers={"x-fault": "throws"})
    assert (well.status_code, wrong.status_code) == (200, 503)
    # What it prints may come after its answer; what is asked last comes after what was asked first.
    until = time.monotonic() + (5 if logged else 1)
    while wrong.headers["x-correlation-id"] not in host.log() and time.monotonic() < until:
        time.sleep(0.05)
    host.stop()
    assert (wrong.headers["x-correlation-id"] in host.log()) is logged
    assert well.headers["x-correlation-id"] not in host.log()


def test_it_is_said_in_the_shape_that_each_client_reads(edge):
    organization = edge.organization("faulty")
    answer = edge.call(organization, "GET", "/analytics/overview", headers={"x-fault": "throws"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json() == {"error": "The service could not finish the request; try again", "retryAfter": 1}
    head = edge.call(organization, "HEAD", "/v1/ping", headers={"x-fault": "throws"})
    assert (head.status_code, head.content, head.headers["retry-after"]) == (503, b"", "1")


def test_an_operator_is_answered_too(edge):
    headers = {"authorization": f"Bearer {edge.admin_secret}", "x-fault": "throws"}
    answer = edge.client.post(f"{edge.base_url}/admin/organizations", json={"name": "faulty"}, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")


def test_all_who_wait_when_the_wasm_ends_are_answered_for(edge):
    waiting = edge.organization("faulty")
    other = edge.organization("faulty")
    answers = {}

    def recorded(key: str) -> None:
        answers[key] = record(edge, waiting, key, "waits long")

    threads = []
    # Those who come alone do not all wait for others.
    while not any(thread.is_alive() for thread in threads):
        threads.append(threading.Thread(target=recorded, args=(f"alone {len(threads)}",)))
        threads[-1].start()
        threads[-1].join(0.3)
    for key in ("second", "third"):
        threads.append(threading.Thread(target=recorded, args=(key,)))
        threads[-1].start()
    time.sleep(0.2)
    assert record(edge, other, "a", "traps").status_code == 503
    for thread in threads:
        thread.join()
    failed = {key: answer for key, answer in answers.items() if answer.status_code != 201}
    assert {"second", "third"} <= failed.keys(), "nobody was waiting, so that nothing was tried"
    for key, answer in failed.items():
        assert answer.status_code == 503, f"{key}: {answer.text}"
        assert answer.json()["error"]["code"] == "SERVICE_UNAVAILABLE" and answer.headers["retry-after"] == "1"
        assert record(edge, waiting, key).status_code == 201
    assert edge.call(waiting, "GET", "/v1/usage/events").json()["total"] == len(answers)


def test_who_comes_while_a_moment_is_overdue_does_not_wait_for_it(edge):
    organization = edge.organization("faulty")
    began = time.monotonic()
    taken: dict[str, float] = {}

    def recorded(key: str, fault: str = "none") -> None:
        assert record(edge, organization, key, fault).status_code == 201
        taken[key] = time.monotonic() - began

    # Those who come alone do not all wait for others.
    alone = 0
    while f"alone {alone}" in taken or not alone:
        alone += 1
        first = threading.Thread(target=recorded, args=(f"alone {alone}", "waits long"))
        first.start()
        first.join(0.3)
    began = time.monotonic()
    # Nothing is overdue yet: who comes now belongs to the same commit.
    second = threading.Thread(target=recorded, args=("second",))
    second.start()
    time.sleep(1.2)
    recorded("third")
    recorded("fourth")
    assert first.is_alive() and second.is_alive(), "the moment has come: it was not late, or was waited for"
    assert taken["fourth"] < 2, taken
    first.join()
    second.join()
    assert taken["second"] > 2, taken
    recorded("fifth")
    assert edge.call(organization, "GET", "/v1/usage/events").json()["total"] == alone + 4
