"""Error answers and the exceptions they become."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from conftest import VECTORS

import bearlumen

CODES = json.loads((VECTORS / "errors" / "codes.json").read_text("utf-8"))


def envelope(code: str) -> dict[str, Any]:
    error = {
        "code": code,
        "message": "what is wrong",
        "correlationId": "OLIVE-DINOSAUR-1b2fE4",
        "details": {"retryable": False, "field": "start_date"},
    }
    return {"success": False, "error": error, "meta": {"path": "/v1/ping"}}


@pytest.mark.parametrize("row", CODES, ids=lambda row: row["code"])
def test_each_code_raises_its_class(row: dict[str, Any], service: Any, make_client: Any) -> None:
    service.replies["/v1/ping"] = (row["status"], {"Retry-After": "7"}, envelope(row["code"]))
    with pytest.raises(bearlumen.BearLumenError) as raised:
        make_client(max_retries=0).ping()
    error = raised.value
    assert type(error).__name__ == row["python"]
    assert (error.code, error.status) == (row["code"].lower(), row["status"])
    assert (error.message, error.correlation_id) == ("what is wrong", "OLIVE-DINOSAUR-1b2fE4")
    assert error.details["field"] == "start_date"
    if isinstance(error, bearlumen.RateLimitError):
        assert error.retry_after == 7


@pytest.mark.parametrize(
    ("status", "body", "name"),
    [
        (401, b"", "AuthenticationError"),
        (404, b"<html>not here</html>", "NotFoundError"),
        (429, b"[]", "RateLimitError"),
        (500, b'{"error": "a text"}', "BearLumenError"),
        (502, b'{"error": {"code": 5, "message": null}}', "NetworkError"),
        (418, b'{"error": {"code": "A_CODE_OF_TOMORROW", "message": "new"}}', "InvalidRequestError"),
    ],
)
def test_an_answer_that_is_not_the_documented_one_still_has_a_class(
    status: int, body: bytes, name: str, service: Any, make_client: Any
) -> None:
    service.replies["/v1/ping"] = (status, {}, body)
    with pytest.raises(bearlumen.BearLumenError) as raised:
        make_client(max_retries=0).ping()
    assert type(raised.value).__name__ == name
    assert raised.value.status == status and raised.value.code and raised.value.message


def test_a_success_that_is_no_answer_of_the_service_is_an_error(service: Any, make_client: Any) -> None:
    service.replies["/v1/ping"] = (200, {}, b"<html>a login page</html>")
    with pytest.raises(bearlumen.BearLumenError, match="does not answer like the service"):
        make_client().ping()


def test_no_service_is_a_network_error() -> None:
    client = bearlumen.Client("sk_test_x", base_url="http://127.0.0.1:9")
    with pytest.raises(bearlumen.NetworkError):
        client.ping()


def test_every_class_is_a_bear_lumen_error_and_survives_copying() -> None:
    for name in {row["python"] for row in CODES}:
        cls = getattr(bearlumen, name)
        assert issubclass(cls, bearlumen.BearLumenError)
        error = cls("what is wrong", "a_code", 400, "OLIVE-DINOSAUR-1b2fE4", events=3)
        for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):
            assert type(again) is cls and vars(again) == vars(error)
