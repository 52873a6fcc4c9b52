"""Compares an answer with what a vector expects. See tests/vectors/README.md for the language."""

from __future__ import annotations

import re

KINDS = {
    "<any>": lambda value: True,
    "<text>": lambda value: isinstance(value, str) and value != "",
    "<number>": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "<eventId>": lambda value: bool(re.fullmatch(r"evt_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", str(value))),
    "<timestamp>": lambda value: bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(value))),
    "<correlationId>": lambda value: bool(re.fullmatch(r"[A-Z]+-[A-Z]+-[0-9A-Za-z]{6}", str(value))),
    "<endUserId>": lambda value: bool(re.fullmatch(r"eu_[a-z2-7]{16}", str(value))),
    "<subscriptionId>": lambda value: bool(re.fullmatch(r"sub_[a-z2-7]{16}", str(value))),
    "<keyId>": lambda value: bool(re.fullmatch(r"key_[a-z2-7]{13}", str(value))),
    "<organizationId>": lambda value: bool(re.fullmatch(r"org_[a-z2-7]{13}", str(value))),
}


def differences(expected, actual, path: str = "body") -> list[str]:
    """Every place where the two disagree; empty when they agree."""
    if isinstance(expected, str) and expected in KINDS:
        return [] if KINDS[expected](actual) else [f"{path}: {actual!r} is no {expected}"]
    if isinstance(expected, str) and expected.startswith("<contains ") and expected.endswith(">"):
        wanted = expected[len("<contains ") : -1]
        return [] if wanted in str(actual) else [f"{path}: {actual!r} does not contain {wanted!r}"]
    if isinstance(expected, dict) and isinstance(actual, dict):
        found = []
        for key in sorted(set(expected) | set(actual)):
            if key == "...":
                continue
            if key not in expected:
                if "..." not in expected:
                    found.append(f"{path}.{key}: not expected, is {actual[key]!r}")
            elif key not in actual:
                found.append(f"{path}.{key}: missing")
            else:
                found += differences(expected[key], actual[key], f"{path}.{key}")
        return found
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return [f"{path}: {len(actual)} items instead of {len(expected)}"]
        return [d for i, (e, a) in enumerate(zip(expected, actual)) for d in differences(e, a, f"{path}[{i}]")]
    same = expected == actual and isinstance(expected, bool) == isinstance(actual, bool)
    return [] if same else [f"{path}: {actual!r} instead of {expected!r}"]
