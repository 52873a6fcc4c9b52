"""Every route of the document against every way a key can be wrong: nobody sees or changes what is another's."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest

VERBS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="session")
def routes(host):
    """Verb, path with something in its braces, and the operation, of all routes."""
    document = host.client.get(f"{host.base_url}/openapi.json").json()
    found = []
    for path, verbs in sorted(document["paths"].items()):
        for verb in VERBS:
            if verb in verbs:
                found.append((verb.upper(), path, verbs[verb]))
    assert len(found) > 80
    return found


def filled(path: str, organization) -> str:
    path = path.replace("/admin/organizations/{id}", f"/admin/organizations/{organization.id}")
    for part in path.split("/"):
        if part.startswith("{"):
            path = path.replace(part, "anything")
    return path


def ask(host, verb: str, path: str, key: str | None):
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {})
    return host.client.request(verb, host.base_url + path, headers=headers, content=None if verb == "GET" else b"{}")


def scoped(routes):
    return [(verb, path, operation["x-scope"]) for verb, path, operation in routes if "x-scope" in operation]


def test_without_a_valid_key_every_route_answers_the_same(host, routes):
    organization = host.organization("access")
    revoked = host.key(organization)
    host.revoke(organization, revoked["id"])
    last = organization.key[-1]
    wrong = {
        "none": None,
        "made up": "sk_live_" + "a" * 64,
        "changed": organization.key[:-1] + ("a" if last != "a" else "b"),
        "revoked": revoked["key"],
        "admin secret": host.admin_secret,
    }
    for verb, path, operation in routes:
        if operation["security"] != [{"key": []}]:
            continue
        for name, key in wrong.items():
            answer = ask(host, verb, filled(path, organization), key)
            assert answer.status_code == 401, f"{verb} {path} with {name}: {answer.status_code} {answer.text}"
            # CostLens documents a shape of its own.
            said = answer.json()["error"]
            assert "invalid API key" in str(said), f"{verb} {path} with {name}: {said}"


def test_a_key_without_the_scope_is_refused_and_one_with_it_alone_is_not(host, routes):
    organization = host.organization("access")
    scopes = sorted({scope for _, _, scope in scoped(routes)})
    assert len(scopes) == 7
    with_it = {scope: host.key(organization, scope)["key"] for scope in scopes}
    without = {scope: host.key(organization, *(s for s in scopes if s != scope))["key"] for scope in scopes}
    for verb, path, scope in scoped(routes):
        answer = ask(host, verb, filled(path, organization), without[scope])
        assert answer.status_code == 403, f"{verb} {path} without {scope}: {answer.status_code} {answer.text}"
        assert scope in str(answer.json()["error"])
        answer = ask(host, verb, filled(path, organization), with_it[scope])
        assert answer.status_code not in (401, 403), f"{verb} {path} with {scope}: {answer.status_code} {answer.text}"


def test_admin_routes_take_the_admin_secret_and_no_key(host, routes):
    organization = host.organization("access")
    operator = [(verb, path) for verb, path, operation in routes if operation["security"] == [{"operator": []}]]
    assert len(operator) >= 5
    for verb, path in operator:
        for key in (None, organization.key, host.admin_secret + "x"):
            answer = ask(host, verb, filled(path, organization), key)
            assert answer.status_code == 401, f"{verb} {path}: {answer.status_code}"


def test_nothing_of_one_organization_is_in_anothers_answers(host, routes):
    mine, theirs = host.organization("mine"), host.organization("theirs")
    marker = "a-secret-of-theirs"
    call = lambda verb, path, body: host.call(theirs, verb, path, json=body).raise_for_status().json()
    event = call("POST", "/v1/usage/events", {
        "eventType": "llm_call", "metricName": marker, "quantity": 1, "model": marker, "provider": marker, "cost": 1,
        "userId": marker, "feature": marker, "agentId": marker, "workflowId": marker, "sessionId": marker,
        "sessionType": marker, "subscriptionId": marker, "dimensions": {marker: marker}})
    user = call("POST", "/v1/end-users", {"externalId": marker, "name": marker})["endUser"]
    subscription = call("POST", "/v1/subscriptions", {"userId": marker, "planId": marker, "billingCycle": "monthly", "startDate": "2026-01-01"})
    key = call("POST", "/v1/api-keys", {"name": marker})
    price = call("POST", "/v1/prices/custom", {"model": marker, "rates": {"input": "1"}})
    call("POST", "/v1/revenue/events", {"userId": marker, "amount": 1, "periodStart": "2026-01-01", "periodEnd": "2026-01-31"})
    call("PATCH", "/v1/settings", {"name": marker})
    ids = [marker, event["eventId"], user["id"], subscription["id"], key["id"], price["id"]]
    for verb, path, operation in routes:
        if operation["security"] != [{"key": []}]:
            continue
        for named in ids if "{" in path else ids[:1]:
            place = path
            for part in path.split("/"):
                if part.startswith("{"):
                    place = place.replace(part, named)
            query = f"?dimension={marker}" if any(p["name"] == "dimension" for p in operation["parameters"]) else ""
            query = f"?model={marker}" if any(p["name"] == "model" and p["required"] for p in operation["parameters"]) else query
            answer = ask(host, verb, place + query, mine.key)
            shown = answer.json()
            # What the caller itself said may be said back to it.
            shown.pop("meta", None)
            for told in ("dimension", "model", "key"):
                shown.pop(told, None)
            if isinstance(shown.get("error"), dict):
                shown["error"].pop("message")
            if verb == "GET":
                assert marker not in str(shown), f"{verb} {place}: {answer.text}"
    still = [
        host.call(theirs, "GET", "/v1/cost-data/summary").json()["eventCount"],
        host.call(theirs, "GET", f"/v1/end-users/{user['id']}").json()["endUser"]["status"],
        host.call(theirs, "GET", f"/v1/subscriptions/{subscription['id']}").json()["status"],
        host.call(theirs, "GET", "/v1/prices/custom").json()["total"],
    ]
    assert still == [1, "ACTIVE", "ACTIVE", 1]


def test_no_log_line_holds_a_key_or_a_text_of_a_body(host):
    organization = host.organization("logged")
    marker = "what-nobody-may-log"
    host.call(organization, "POST", "/v1/usage/events", json={
        "eventType": "llm_call", "metricName": marker, "quantity": 1, "userId": marker, "metadata": {"prompt": marker}})
    host.call(organization, "POST", "/v1/track", json={"response": {"model": "gpt-4o", "choices": [{"message": {"content": marker}}], "usage": {"prompt_tokens": 1, "completion_tokens": 1}}})
    host.call(organization, "GET", f"/v1/end-users/{marker}?nothing={marker}")
    made = host.call(organization, "POST", "/v1/api-keys", json={"name": "n"}).json()
    answer = host.call(organization, "GET", "/v1/end-users?limit=1")
    log = host.log()
    for secret in (marker, organization.key, made["key"], organization.key[8:40], host.admin_secret):
        assert secret not in log
    import json
    import time
    for _ in range(50):
        lines = [json.loads(line[line.index("{"):]) for line in host.log().splitlines() if answer.headers["x-correlation-id"] in line]
        if lines:
            break
        time.sleep(0.1)
    assert len(lines) == 1, "one line a request"
    line = lines[0]
    assert (line["level"], line["message"], line["method"], line["route"], line["status"]) == ("INFO", "request", "GET", "/v1/end-users", 200)
    assert line["organization"] == organization.id
    assert line["key_id"].startswith("key_")
    assert line["ms"] >= 0


def test_a_compressed_body_is_said_to_be_one(host):
    organization = host.organization()
    event = {"eventType": "llm_call", "metricName": "calls", "quantity": 1}
    for path, body in [("/v1/usage/events", event), ("/v1/usage/events/batch", {"events": [event]}), ("/v1/track", {"response": {}})]:
        text = json.dumps(body).encode()
        for coding, zipped in [("gzip", gzip.compress(text)), ("deflate", zlib.compress(text))]:
            answer = host.call(organization, "POST", path, content=zipped, headers={"content-encoding": coding})
            assert answer.status_code == 400, answer.text
            assert answer.json()["error"]["message"] == f"Invalid body: it is compressed ({coding}); send it as it is"
        for level in (1, 9):
            assert host.call(organization, "POST", path, content=zlib.compress(text, level)).json()["error"]["message"].startswith("Invalid body: it is compressed (deflate)")
        # What begins with the first letter of one is none.
        assert "compressed" not in host.call(organization, "POST", path, content=b"x=1&y=2").json()["error"]["message"]


def test_a_method_that_a_path_lacks_is_told_which_it_has(host):
    organization = host.organization()
    for path, allowed in [
        ("/v1/ping", "GET, HEAD"),
        ("/v1/usage/events", "GET, HEAD, POST"),
        ("/v1/settings", "GET, HEAD, PATCH"),
        ("/analytics/overview", "GET, HEAD"),
        ("/", "GET, HEAD"),
        ("/openapi.json", "GET, HEAD"),
    ]:
        answer = host.call(organization, "DELETE", path)
        assert answer.status_code == 405, path
        assert sorted(answer.headers["allow"].split(", ")) == sorted(allowed.split(", ")), path


def test_a_parameter_that_is_given_twice_and_differently_is_refused(host):
    organization = host.organization()
    asked = "/v1/cost-data/summary?start_date=2026-11-01&end_date=2026-11-30"
    assert host.call(organization, "GET", asked + "&startDate=2026-11-01").status_code == 200
    answer = host.call(organization, "GET", asked + "&end=2026-12-31")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["field"] == "end"
