"""Recomputes reports from events, apart from the service: plain loops over what ``GET /v1/usage/events`` answers.

Amounts are integers of nano-dollars throughout. Each function returns what the service's answer has to contain.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from periods import Calendar, is_midnight, steps  # noqa: E402




def second_of(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def ms_of(text: str) -> int:
    return round(second_of(text) * 1000)


def iso(ms: int) -> str:
    at = datetime.fromtimestamp(ms // 1000, timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


def totals(events: list[dict]) -> dict:
    input_tokens = sum(e["inputTokens"] for e in events)
    output_tokens = sum(e["outputTokens"] for e in events)
    nanos = sum(int(e["costNanos"] or 0) for e in events)
    unpriced = sum(e["costBasis"] == "unpriced" for e in events)
    return {
        "totalCostNanos": str(nanos),
        "totalCost": nanos / 1e9,
        "currency": "USD",
        "eventCount": len(events),
        "unpricedEventCount": unpriced,
        "estimatedEventCount": sum(e["costBasis"] == "estimated" for e in events),
        "isFloor": unpriced > 0,
        "inputTokens": input_tokens,
        "outputTokens": output_tokens,
        "totalTokens": input_tokens + output_tokens,
    }


def nanos(events: list[dict]) -> int:
    return sum(int(e["costNanos"] or 0) for e in events)


def percent(part: int, whole: int) -> float:
    return 0.0 if whole == 0 else (part * 10_000 * 2 + whole) // (whole * 2) / 100


def span(start: int, end: int) -> dict:
    return {"periodStart": iso(start), "periodEnd": iso(end - 1)}


def grouped(events: list[dict], key) -> dict:
    groups = defaultdict(list)
    for event in events:
        for value in key(event):
            groups[value].append(event)
    return groups


def sorted_groups(groups: dict) -> list:
    """The dearest first, equals by name with none before all."""
    name = lambda value: [(part is not None, part or "") for part in (value if isinstance(value, tuple) else (value,))]  # noqa: E731
    return sorted(groups.items(), key=lambda pair: (-nanos(pair[1]), name(pair[0])))


def breakdown(events: list[dict], key, names: list[str]) -> list[dict]:
    groups = sorted_groups(grouped(events, key))
    whole = sum(nanos(group) for _, group in groups)
    items = []
    for value, group in groups:
        values = value if isinstance(value, tuple) else (value,) * len(names)
        items.append(
            {
                "attributionValue": values[0] if values else value,
                **dict(zip(names, values)),
                "percentOfTotal": percent(nanos(group), whole),
                **totals(group),
            }
        )
    return items


def of(field: str):
    return lambda event: [event[field]]


def text_dimension(name: str):
    def values(event: dict) -> list:
        value = event["dimensions"].get(name)
        return [value] if isinstance(value, str) else []

    return values


def tokens(events: list[dict]) -> dict:
    sums: dict = defaultdict(float)
    other: dict = defaultdict(float)
    for event in events:
        usage = event["usage"]
        if not usage:
            continue
        for bucket, quantity in usage.items():
            if bucket.startswith("cache_read"):
                sums["cacheRead"] += quantity
            elif bucket.startswith("cache_write"):
                sums["cacheWrite"] += quantity
            elif bucket.startswith("input"):
                sums["input"] += quantity
            elif bucket.startswith("output_reasoning"):
                sums["reasoning"] += quantity
            elif bucket.startswith("output"):
                sums["output"] += quantity
            else:
                other[bucket] += quantity
    classes = ["input", "cacheRead", "cacheWrite", "output", "reasoning"]
    return {**{name: sums[name] for name in classes}, "other": {k: round(v, 6) for k, v in other.items()}}


class Range:
    """A range of time and the events in it."""

    def __init__(self, events: list[dict], calendar: Calendar, start: int, end: int):
        self.all, self.calendar, self.start, self.end = events, calendar, start, end
        self.events = self.between(start, end)

    def between(self, start: int, end: int) -> list[dict]:
        return [e for e in self.all if start * 1000 <= e["ms"] < end * 1000]

    def span(self) -> dict:
        return span(self.start * 1000, self.end * 1000)

    def before(self) -> list[dict]:
        if is_midnight(self.calendar, self.start) and is_midnight(self.calendar, self.end):
            first, last = self.calendar.day_of(self.start), self.calendar.day_of(self.end)
            return self.between(self.calendar.midnight(first - (last - first)), self.start)
        return self.between(self.start - (self.end - self.start), self.start)

    def summary(self, wanted=lambda event: True) -> dict:
        now, before = [e for e in self.events if wanted(e)], [e for e in self.before() if wanted(e)]
        change = nanos(now) - nanos(before)
        if nanos(before) == 0:
            change_percent = None if change else 0.0
        else:
            sign = -1 if change < 0 else 1
            change_percent = sign * percent(abs(change), nanos(before))
        return {
            **totals(now),
            "previousPeriodCost": nanos(before) / 1e9,
            "changeAmount": change / 1e9,
            "changePercent": change_percent,
            **self.span(),
        }

    def steps(self, granularity: str) -> list[tuple[str, int, int]]:
        starts = steps(self.calendar, self.start, self.end, granularity)
        ends = [ms for _, ms in starts[1:]] + [self.end * 1000]
        return [(label, start, end) for (label, start), end in zip(starts, ends)]

    def points(self, granularity: str, events: list[dict]) -> list[dict]:
        return [
            {"date": label, **span(start, end), **totals([e for e in events if start <= e["ms"] < end])}
            for label, start, end in self.steps(granularity)
        ]


def sessions(events: list[dict]) -> list[dict]:
    """Whole sessions, the newest first; types and users as of the first event recorded that states one."""
    found = []
    for session, group in grouped(events, of("sessionId")).items():
        if session is None:
            continue
        recorded = sorted(group, key=lambda e: e["order"])
        first = lambda field: next((e[field] for e in recorded if e[field] is not None), None)  # noqa: E731
        start, end = min(e["ms"] for e in group), max(e["ms"] for e in group)
        found.append(
            {
                "sessionId": session,
                "sessionType": first("sessionType"),
                "userId": first("userId"),
                "startedAt": iso(start),
                "endedAt": iso(end),
                "durationMs": end - start,
                **totals(group),
                "start": start,
                "events": group,
            }
        )
    return sorted(found, key=lambda s: -s["start"])



