"""Every vector of cost, through every way a response can be handed over."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import vectors
from objects import plain_objects, slotted_objects

import bearlumen


FORMS = {
    "dict": lambda response: response,
    "json_text": json.dumps,
    "json_bytes": lambda response: json.dumps(response).encode(),
    "json_bytearray": lambda response: bytearray(json.dumps(response).encode()),
    "objects": plain_objects,
    "slotted_objects": slotted_objects,
}


def vectors_in_each_form() -> list[Any]:
    cases = []
    for vector in vectors("cost"):
        (content,) = vector.values
        # Some vectors are about the text itself.
        forms = ("json_text", "json_bytes") if "text" in content["input"] else tuple(FORMS)
        cases.extend(pytest.param(content, form, id=f"{vector.id}-{form}") for form in forms)
    return cases


@pytest.mark.parametrize(("vector", "form"), vectors_in_each_form())
def test_cost_of(vector: dict[str, Any], form: str) -> None:
    given, expect = vector["input"], vector["expect"]
    if "text" in given:
        response = given["text"] if form == "json_text" else given["text"].encode()
    else:
        response = FORMS[form](given["response"])
    hints = {name: given[name] for name in ("provider", "model", "url", "headers") if name in given}
    if "error" in expect:
        with pytest.raises(bearlumen.InvalidRequestError) as raised:
            bearlumen.cost_of(response, timestamp=given["at"], **hints)
        assert raised.value.message == expect["error"]
    else:
        assert bearlumen.cost_of(response, timestamp=given["at"], **hints) == expect


@pytest.mark.parametrize("vector", vectors("bytes"))
def test_the_json_is_every_language_s_byte_for_byte(vector: dict[str, Any]) -> None:
    given = vector["input"]
    for response in (given["text"], json.loads(given["text"])):
        cost = bearlumen.cost_of(response, provider=given["provider"], timestamp=given["at"])
        assert json.dumps(cost, separators=(",", ":"), ensure_ascii=False) == vector["expect"]


@pytest.mark.parametrize("vector", [case for case in vectors("cost") if "headers" not in case.values[0]["input"]])
def test_track_says_what_cost_of_says(vector: dict[str, Any], make_client: Any) -> None:
    given, expect = vector["input"], vector["expect"]
    response = given["text"] if "text" in given else given["response"]
    hints = {name: given[name] for name in ("provider", "model", "url") if name in given}
    result = make_client().track(response, timestamp=given["at"], **hints)
    if "error" in expect:
        assert expect["error"] in [warning.message for warning in result.warnings]
        assert result.cost.amount is None and result.cost.basis == "unpriced"
        return
    assert result.cost == expect["cost"]
    assert result.usage == expect["usage"]
    assert result.warnings == expect["warnings"]
    assert (result.provider, result.model) == (expect["provider"], expect["model"])
    assert result.input_tokens == expect["totals"]["inputTokens"]
    assert result.output_tokens == expect["totals"]["outputTokens"]
    assert result.total_tokens == expect["totals"]["totalTokens"]
