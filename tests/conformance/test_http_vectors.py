"""tests/vectors/http against both hosts: the same requests, the same answers."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from hosts import ROOT
from pattern import differences

VECTORS = sorted((ROOT / "tests/vectors/http").glob("*.json"))


def resolve(text: str, now: datetime, kept: dict[str, str] | None = None) -> str:
    """Fills in ``{now}``, ``{now+11m}``, ``{today-30}`` and ``{month}``: events must be recent, vectors last; and what
    earlier steps kept, such as ``{kept:id}``. ``now`` is one moment for all steps, so that a step may send again what
    an earlier one sent."""
    for name, value in (kept or {}).items():
        text = text.replace("{kept:" + name + "}", value)

    def fill(match: re.Match) -> str:
        name, sign, amount, unit = match.groups()
        step = int(amount or 0) * (-1 if sign == "-" else 1)
        if name == "today":
            return (now + timedelta(days=step)).strftime("%Y-%m-%d")
        if name == "month":
            return now.strftime("%Y-%m")
        minutes = {"m": 1, "h": 60, "d": 1440, None: 1}[unit]
        return (now + timedelta(minutes=step * minutes)).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    return re.sub(r"\{(now|today|month)(?:([+-])(\d+)([mhd])?)?\}", fill, text)


def key_for(host, organization, wanted: str, kept: dict[str, str]) -> str | None:
    if wanted == "operator":
        return host.admin_secret
    if wanted.startswith("kept "):
        return kept[wanted.removeprefix("kept ")]
    if wanted == "none":
        return None
    if wanted == "forged":
        last = organization.key[-1]
        return organization.key[:-1] + ("a" if last != "a" else "b")
    if wanted == "revoked":
        made = host.key(organization)
        host.revoke(organization, made["id"])
        return made["key"]
    if wanted == "of another organization":
        return host.organization("another").key
    if wanted.startswith("scopes "):
        return host.key(organization, *wanted.removeprefix("scopes ").split(","))["key"]
    return organization.key


def at(body, path: str):
    """What stands at ``a.b.0`` in an answer."""
    for part in path.split("."):
        body = body[int(part)] if isinstance(body, list) else body[part]
    return body


def body_of(step: dict, now: datetime, kept: dict[str, str]):
    if "bodyText" in step:
        return step["bodyText"].encode()
    if "body" not in step:
        return None
    text = resolve(json.dumps(step["body"]), now, kept)
    if "repeatEvent" in step:
        events = json.loads(text)["events"] * step["repeatEvent"]
        text = json.dumps({"events": events})
    if "padTo" in step:
        # Whitespace is JSON's own padding.
        text = text.ljust(step["padTo"])
    return text.encode()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda path: path.stem)
def test_http_vector(host, vector: Path):
    script = json.loads(vector.read_text())
    organization = host.organization(vector.stem)
    kept = {"organization": organization.id}
    now = datetime.now(timezone.utc)
    for number, step in enumerate(script["steps"]):
        place = f"{vector.name}, step {number} ({step['does']})"
        headers = {"content-type": "application/json"}
        key = key_for(host, organization, step.get("key", "full"), kept)
        if key is not None:
            headers["authorization"] = f"Bearer {key}"
        method, path = step["request"].split(" ", 1)
        answer = host.client.request(method, host.base_url + resolve(path, now, kept), headers=headers, content=body_of(step, now, kept))
        expect = json.loads(resolve(json.dumps(step["expect"]), now, kept))
        assert answer.status_code == expect["status"], f"{place}: {answer.status_code} {answer.text[:2000]}"
        assert re.fullmatch(r"[A-Z]+-[A-Z]+-[0-9A-Za-z]{6}", answer.headers["x-correlation-id"]), place
        for name, place_of in step.get("keep", {}).items():
            kept[name] = str(at(answer.json(), place_of))
        for name, wanted in expect.get("headers", {}).items():
            assert not differences(wanted, answer.headers.get(name)), f"{place}: {name}: {answer.headers.get(name)}"
        if "body" in expect:
            found = differences(expect["body"], answer.json())
            assert not found, f"{place}:\n" + "\n".join(found)
