"""The answer of ``cost_of()`` fills itself at the first look: whatever looks first sees an ordinary dictionary."""

from __future__ import annotations

import copy
import json
import pickle
import threading
import tracemalloc
from typing import Any, Callable

import pytest
from responses import openai_chat

import bearlumen

AT = "2026-11-20T12:00:00Z"
TEXT = json.dumps(openai_chat())


def answer() -> bearlumen.CallCost:
    return bearlumen.cost_of(TEXT, timestamp=AT)


WHOLE: dict[str, Any] = dict(answer().items())


def keywords(**fields: Any) -> dict[str, Any]:
    return fields


def updated(fields: Any) -> dict[str, Any]:
    into: dict[str, Any] = {}
    into.update(fields)
    return into


LOOKS: dict[str, Callable[[bearlumen.CallCost], bool]] = {
    "equal": lambda a: a == WHOLE,
    "equal from the left": lambda a: WHOLE == a,
    "equal to another": lambda a: a == answer(),
    "not equal": lambda a: a != {},
    "dict": lambda a: dict(a) == WHOLE,
    "unpacked": lambda a: {**a} == WHOLE,
    "keywords": lambda a: keywords(**a) == WHOLE,
    "update": lambda a: updated(a) == WHOLE,
    "json": lambda a: json.loads(json.dumps(a)) == WHOLE,
    "copy": lambda a: copy.copy(a) == WHOLE,
    "deep copy": lambda a: copy.deepcopy(a) == WHOLE,
    "method copy": lambda a: a.copy() == WHOLE,
    "pickle": lambda a: bool(pickle.loads(pickle.dumps(a)) == WHOLE),
    "length": lambda a: len(a) == len(WHOLE),
    "truth": lambda a: bool(a),
    "in": lambda a: "provider" in a and "stated" not in a,
    "list": lambda a: list(a) == list(WHOLE),
    "keys": lambda a: a.keys() == WHOLE.keys(),
    "items": lambda a: list(a.items()) == list(WHOLE.items()),
    "repr": lambda a: repr(a) == repr(WHOLE),
    "item": lambda a: a["cost"] == WHOLE["cost"],
    "get": lambda a: bool(a.get("provider") == "openai" and a.get("x", 5) == 5),
    "pop": lambda a: a.pop("provider") == "openai" and "provider" not in a,
    "attribute": lambda a: a.model == WHOLE["model"],
    "property": lambda a: a.computed_cost is None,
    "dir": lambda a: "computed_cost" in dir(a) and "provider" in dir(a),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_whoever_looks_first_sees_everything(look: Callable[[bearlumen.CallCost], bool]) -> None:
    assert len(WHOLE) >= 10
    unseen = answer()
    assert isinstance(unseen, bearlumen.CallCost) and isinstance(unseen, dict)
    assert look(unseen) is True
    assert type(unseen) is bearlumen.CallCost


def test_asking_for_the_amount_fills_nothing_and_what_was_asked_for_stays() -> None:
    call = answer()
    cost = call.cost
    assert cost.amount == WHOLE["cost"]["amount"] > 0
    assert type(call) is not bearlumen.CallCost
    assert call.cost is cost
    assert isinstance(cost, dict) and type(cost).__name__ == "Record"
    assert dict(call.items()) == WHOLE and type(call) is bearlumen.CallCost
    assert call["cost"] is cost and json.loads(json.dumps(call)) == WHOLE


@pytest.mark.parametrize("look", [json.dumps, repr, len, list, copy.deepcopy, pickle.dumps], ids=lambda f: f.__name__)
def test_the_cost_alone_is_an_ordinary_record(look: Callable[[Any], Any]) -> None:
    assert look(answer().cost) == look(WHOLE["cost"])


def test_nothing_is_kept_of_answers_that_nobody_holds() -> None:
    tracemalloc.start()
    try:
        for calls in (100, 10_000):  # the first make what is made once
            before = tracemalloc.get_traced_memory()[0]
            for _ in range(calls):
                assert answer().cost.amount
        assert tracemalloc.get_traced_memory()[0] - before < 100_000
    finally:
        tracemalloc.stop()


def test_an_unpriced_cost_has_no_amount() -> None:
    unpriced = bearlumen.cost_of({**openai_chat(), "model": "nobody-sells-this"})
    assert unpriced.cost.amount is None and unpriced.cost.basis == "unpriced"


def test_what_is_written_first_stays() -> None:
    unseen = answer()
    unseen["provider"] = "me"
    assert (unseen["provider"], unseen["model"]) == ("me", WHOLE["model"])
    other = answer()
    del other["provider"]
    assert "provider" not in other and len(other) == len(WHOLE) - 1


def test_a_missing_field_is_missing() -> None:
    with pytest.raises(AttributeError, match="CallCost has no field 'costs'"):
        answer().costs  # type: ignore[attr-defined]
    with pytest.raises(KeyError):
        answer()["costs"]


def test_threads_that_look_at_once_see_the_same() -> None:
    for _ in range(50):
        unseen = answer()
        seen: list[Any] = []
        threads = [threading.Thread(target=lambda: seen.append(unseen["cost"])) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(seen) == 4 and all(cost is seen[0] for cost in seen)
