"""Random events, random ranges, random zones: every report equals a recomputation from the events, to the nano-dollar."""

from __future__ import annotations

import os
import random
import sys
import urllib.parse
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracle"))

import reports as oracle  # noqa: E402
from periods import Calendar  # noqa: E402

EVENTS = int(os.environ.get("BEARLUMEN_REPORT_EVENTS", "1500"))
RANGES = int(os.environ.get("BEARLUMEN_REPORT_RANGES", "12"))
ZONES = ["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
DAYS = 75
# So many days ago much happened, so that short ranges have something in them.
BUSY = 10

MODELS = [("openai", "gpt-4o"), ("openai", "gpt-4o-mini"), ("anthropic", "claude-sonnet-4-5"), ("azure", "gpt-4o"), ("acme", "nobody-sells-it")]
USERS = [None, "customer 1", "customer/2", "Ünal", "d@x.org"]


def number_of_events(random_: random.Random, key: int, now: datetime) -> dict:
    at = now - timedelta(milliseconds=random_.randrange(DAYS * 86_400_000))
    if random_.random() < 0.3:
        at = now - timedelta(days=BUSY, milliseconds=random_.randrange(86_400_000))
    if random_.random() < 0.1:
        # On the edges of quarters, hours and days.
        at = at.replace(minute=random_.choice([0, 15, 30, 45]), second=0, microsecond=0)
    if random_.random() < 0.03:
        at = at.replace(hour=0, minute=0, second=0, microsecond=0)
    event: dict = {"idempotencyKey": f"k{key}", "eventTimestamp": at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"}
    shape = random_.random()
    provider, model = random_.choice(MODELS)
    if shape < 0.7:
        usage = {"input": random_.randrange(1, 100_000), "output": random_.randrange(0, 5000)}
        for bucket in ["cache_read", "cache_write_5m", "output_reasoning", "input_audio"]:
            if random_.random() < 0.2:
                usage[bucket] = random_.randrange(1, 50_000)
        if random_.random() < 0.05:
            usage["gpu_seconds"] = random_.randrange(1, 1000) / 8
        event |= {"usage": usage, "provider": provider, "model": model}
    elif shape < 0.8:
        event |= {"eventType": "token_usage", "metricName": "llm_tokens_input", "quantity": random_.randrange(10_000), "provider": provider, "model": model}
    elif shape < 0.9:
        event |= {"eventType": "render", "metricName": "frames", "quantity": random_.randrange(1000) / 4, "cost": random_.randrange(10**7) / 10**6}
    else:
        event |= {"eventType": "job", "metricName": "jobs", "quantity": 1}
    for field, values in {
        "userId": USERS,
        "feature": [None, "chat", "search", "größe"],
        "agentId": [None, None, "support-bot", "writer"],
        "workflowId": [None, None, "onboarding"],
        "subscriptionId": [None, None, "sub_1", "sub_2"],
    }.items():
        value = random_.choice(values)
        if value is not None:
            event[field] = value
    if random_.random() < 0.3:
        # A session lasts some hours, or goes on another day.
        session = int((now - at).total_seconds() / 20_000) if random_.random() < 0.9 else random_.randrange(40)
        event |= {"sessionId": f"s{session}"}
        if random_.random() < 0.8:
            event |= {"sessionType": ["chat", "batch", "agent"][session % 3]}
    dimensions: dict = {}
    if random_.random() < 0.5:
        dimensions["team"] = random_.choice(["red", "blue", 'gr"een'])
    if random_.random() < 0.3:
        dimensions["odd key.$[0]"] = "x"
    if random_.random() < 0.4:
        dimensions["latency_ms"] = random_.choice([0, 12, 250.5, -3, random_.randrange(1, 10**6) / 1000])
    if random_.random() < 0.05:
        dimensions["mixed"] = random_.choice(["a", 5])
    if dimensions:
        event["dimensions"] = dimensions
    return event


class World:
    """An organisation with random events, and what the service says they are."""

    def __init__(self, host, zone: str):
        self.host, self.zone = host, zone
        self.random = random.Random(f"{zone} {EVENTS}")
        self.calendar = Calendar(zone)
        self.organization = host.organization(f"reports {zone}")
        if zone != "UTC":
            answer = host.call(self.organization, "PATCH", "/v1/settings", json={"timezone": zone})
            assert answer.status_code == 200, answer.text
        self.now = datetime.now(timezone.utc)
        events = [number_of_events(self.random, key, self.now) for key in range(EVENTS)]
        for start in range(0, EVENTS, 500):
            # In two calls each, so that some are summed by a later one.
            answer = host.call(self.organization, "POST", "/v1/usage/events/batch", json={"events": events[start : start + 500]})
            assert answer.status_code == 201, answer.text
            self.get("/v1/cost-data/summary")
        self.events = self.read_events()
        order = {event["idempotencyKey"]: number for number, event in enumerate(events)}
        stored = {}
        for event, given in zip(events, self.ids(events)):
            stored[given] = order[event["idempotencyKey"]]
        for event in self.events:
            event["ms"] = oracle.ms_of(event["eventTimestamp"])
            event["order"] = stored[event["eventId"]]

    def ids(self, events: list[dict]) -> list[str]:
        ids = []
        for start in range(0, EVENTS, 500):
            answer = self.host.call(self.organization, "POST", "/v1/usage/events/batch", json={"events": events[start : start + 500]})
            ids += [result["eventId"] for result in answer.json()["results"]]
            assert answer.json()["skippedCount"] == len(events[start : start + 500])
        return ids

    def get(self, path: str, **query) -> dict:
        answer = self.host.call(self.organization, "GET", path, params=query)
        assert answer.status_code == 200, f"{path} {query}: {answer.text}"
        return answer.json()

    def read_events(self) -> list[dict]:
        first, last = self.now - timedelta(days=DAYS + 2), self.now + timedelta(days=2)
        query = {"start": first.strftime("%Y-%m-%d"), "end": last.strftime("%Y-%m-%d"), "limit": 400}
        events: list[dict] = []
        while True:
            page = self.get("/v1/usage/events", **query)
            events += page["events"]
            assert page["total"] == EVENTS
            if page["nextCursor"] is None:
                break
            query["cursor"] = page["nextCursor"]
        assert len(events) == len({e["eventId"] for e in events}) == EVENTS
        times = [e["eventTimestamp"] for e in events]
        assert times == sorted(times, reverse=True)
        return events

    def ranges(self):
        """Pairs of query parameters and the range they mean."""
        today = self.calendar.day_of(int(self.now.timestamp()))
        for number in range(RANGES):
            first = today - timedelta(days=self.random.choice([self.random.randrange(DAYS), BUSY, BUSY + 1]))
            if number == 0:
                # One that has whole months in it.
                first, last = today - timedelta(days=70), today
                query = {"start": f"{first}", "end": f"{last}"}
                yield query, self.range(self.calendar.midnight(first), self.calendar.midnight(last + timedelta(days=1)))
                continue
            kind = self.random.random()
            if kind < 0.5:
                last = first + timedelta(days=self.random.choice([0, 0, 1, 6, 29, 31, 60]))
                start, end = self.calendar.midnight(first), self.calendar.midnight(last + timedelta(days=1))
                yield {"start_date": f"{first}", "end_date": f"{last}"}, self.range(start, end)
                continue
            start = self.calendar.midnight(first) + self.random.choice([0, 60, 900, 3661, 50_000])
            end = start + self.random.choice([30, 900, 1800, 7200, 86_400, 5 * 86_400 + 4321, 40 * 86_400 + 900])
            text = lambda s: datetime.fromtimestamp(s, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: E731
            query = {"startDate": text(start), "endDate": text(end)}
            yield query, self.range(start, end + (end % 60 == 59))

    def range(self, start: int, end: int) -> oracle.Range:
        return oracle.Range(self.events, self.calendar, start, end)


@pytest.fixture(scope="module", params=ZONES)
def world(request, host):
    return World(host, request.param)


def agrees(expected, actual, place: str) -> None:
    """What is expected stands in the answer, which may say more. Floats agree as nearly as doubles do."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            assert key in actual, f"{place}.{key} is missing"
            agrees(value, actual[key], f"{place}.{key}")
    elif isinstance(expected, list):
        assert len(expected) == len(actual), f"{place}: {len(actual)} items instead of {len(expected)}"
        for number, (e, a) in enumerate(zip(expected, actual)):
            agrees(e, a, f"{place}[{number}]")
    elif isinstance(expected, float) and isinstance(actual, (int, float)):
        assert actual == pytest.approx(expected, rel=1e-12, abs=1e-12), place
    else:
        assert actual == expected and isinstance(actual, bool) == isinstance(expected, bool), f"{place}: {actual!r} instead of {expected!r}"


BREAKDOWNS = {
    "model": ("model", ["model"]),
    "provider": ("provider", ["provider"]),
    "feature": ("feature", ["feature"]),
    "agent": ("agentId", ["agentId", "agent"]),
    "workflow": ("workflowId", ["workflowId", "workflow"]),
    "end-user": ("userId", ["endUser"]),
}


def granularities(range_: oracle.Range) -> list[str]:
    days = (range_.end - range_.start) / 86400
    return ["hour", "day", "week"] if days <= 6 else ["day", "week", "month"]


def check_breakdown(world, path, query, events, range_, key, names, **more) -> None:
    answer = world.get(path, **query, **more)
    items = oracle.breakdown(events, key, names)
    everything = [e for e in events for _ in key(e)]
    expected = {"items": items, "breakdown": items, **oracle.totals(everything), **range_.span()}
    agrees(expected, answer, f"{path} {query}")


def test_costs(world):
    for query, range_ in world.ranges():
        agrees(range_.summary(), world.get("/v1/cost-data/summary", **query), f"summary {query}")
        for name, (field, names) in BREAKDOWNS.items():
            path = f"/v1/cost-data/by-{name}"
            check_breakdown(world, path, query, range_.events, range_, oracle.of(field), names)
        for granularity in granularities(range_):
            points = range_.points(granularity, range_.events)
            expected = {"items": points, "trend": points, "dataPoints": points, "granularity": granularity, **oracle.totals(range_.events), **range_.span()}
            answer = world.get("/v1/cost-data/trend", granularity=granularity, **query)
            agrees(expected, answer, f"trend {granularity} {query}")


def test_detailed_costs_page_by_page(world):
    for query, range_ in world.ranges():
        for name, key, names in [
            ("model", lambda e: [(e["model"], e["provider"])], ["model", "provider"]),
            ("provider", oracle.of("provider"), ["provider"]),
            ("end-user", oracle.of("userId"), ["endUser"]),
        ]:
            items = oracle.breakdown(range_.events, key, names)
            groups = [group for _, group in oracle.sorted_groups(oracle.grouped(range_.events, key))]
            for item, group in zip(items, groups):
                priced = sum(e["costBasis"] != "unpriced" for e in group)
                item["averageCostPerEvent"] = None if priced == 0 else (oracle.nanos(group) + priced // 2) // priced / 1e9
                if name != "end-user":
                    # What a bare quantity was split into shows in tokens, and not on the event.
                    bare = [e for e in group if e["metricName"] == "llm_tokens_input" and e["costBasis"] != "unpriced"]
                    expected = oracle.tokens(group)
                    expected["input"] += sum(e["quantity"] for e in bare)
                    item["tokens"] = expected
            limit = world.random.choice([1, 2, 3, 100])
            for offset in range(0, len(items) + 1, limit):
                answer = world.get(f"/v1/cost-data/detailed/by-{name}", limit=limit, offset=offset, **query)
                page = items[offset : offset + limit]
                expected = {
                    "items": page,
                    "total": len(items),
                    "limit": limit,
                    "offset": offset,
                    "hasMore": offset + limit < len(items),
                    **oracle.totals(range_.events),
                    **range_.span(),
                }
                agrees(expected, answer, f"detailed by-{name} {query} {offset}")


def test_costs_of_one_end_user(world):
    for query, range_ in world.ranges():
        user = world.random.choice(USERS[1:])
        path = f"/v1/end-user-costs/{urllib.parse.quote(user, safe='')}"
        own = [e for e in range_.events if e["userId"] == user]
        who = {"externalId": user}
        agrees({**range_.summary(lambda e: e["userId"] == user), **who}, world.get(f"{path}/summary", **query), f"{user} {query}")
        for name in ["model", "provider", "feature"]:
            field, names = BREAKDOWNS[name]
            check_breakdown(world, f"{path}/by-{name}", query, own, range_, oracle.of(field), names)
        for granularity in granularities(range_):
            points = range_.points(granularity, own)
            answer = world.get(f"{path}/trend", granularity=granularity, **query)
            agrees({"items": points, **oracle.totals(own), **who}, answer, f"{user} trend {granularity} {query}")


def dimension_key(name: str):
    built_in = {"model": "model", "provider": "provider", "feature": "feature", "agent_id": "agentId", "workflow_id": "workflowId", "user_id": "userId"}
    return oracle.of(built_in[name]) if name in built_in else oracle.text_dimension(name)


def test_attribution_by_dimension(world):
    for query, range_ in world.ranges():
        for name in ["team", "odd key.$[0]", "mixed", "latency_ms", "nothing", "model", "agent_id", "user_id"]:
            key = dimension_key(name)
            check_breakdown(world, "/v1/attribution/by-dimension", query, range_.events, range_, key, [], dimension=name)
            groups = oracle.grouped(range_.events, key)
            groups.pop(None, None)
            values = sorted(groups)
            items = [{"value": value, "eventCount": len(groups[value])} for value in values]
            answer = world.get("/v1/attribution/dimension-values", dimension=name, **query)
            agrees({"dimension": name, "values": values, "items": items}, answer, f"values of {name} {query}")
            if name in ("team", "mixed"):
                path = f"/v1/dimensions/{name}/costs"
                check_breakdown(world, path, query, range_.events, range_, key, [])
        keys = oracle.grouped(range_.events, lambda e: list(e["dimensions"]))
        items = [{"key": key, "eventCount": len(keys[key])} for key in sorted(keys)]
        answer = world.get("/v1/attribution/dimension-keys", **query)
        agrees({"keys": sorted(keys), "items": items, **range_.span()}, answer, f"keys {query}")
        for name, field in [("agents", "agentId"), ("workflows", "workflowId")]:
            groups = oracle.grouped(range_.events, oracle.of(field))
            groups.pop(None, None)
            items = [{"value": v, "eventCount": len(groups[v]), "totalCostNanos": str(oracle.nanos(groups[v]))} for v in sorted(groups)]
            for path in [f"/v1/attribution/{name}", f"/v1/cost-attribution/{name}"]:
                agrees({"values": sorted(groups), "items": items}, world.get(path, **query), f"{path} {query}")
            agrees({name: sorted(groups)}, world.get(f"/v1/attribution/{name}", **query), name)
            one = name[:-1]
            check_breakdown(world, f"/v1/cost-attribution/by-{one}", query, range_.events, range_, oracle.of(field), [one])


def test_time_series(world):
    for query, range_ in world.ranges():
        for name in ["team", "model", "nothing", "user_id"]:
            granularity = world.random.choice(granularities(range_))
            limit = world.random.choice([1, 2, 100])
            groups = oracle.sorted_groups(oracle.grouped(range_.events, dimension_key(name)))
            shown = [(value, group, False) for value, group in groups[:limit]]
            rest = [e for _, group in groups[limit:] for e in group]
            if groups[limit:]:
                shown.append((None, rest, True))
            series = [
                {"attributionValue": value, "other": other, "points": range_.points(granularity, group), **oracle.totals(group)}
                for value, group, other in shown
            ]
            everything = [e for _, group in groups for e in group]
            expected = {"dimension": name, "granularity": granularity, "series": series, **oracle.totals(everything), **range_.span()}
            answer = world.get("/v1/attribution/time-series", dimension=name, granularity=granularity, limit=limit, **query)
            agrees(expected, answer, f"series of {name} {granularity} {query}")
        answer = world.get("/v1/dimensions/team/trend", value="red", **query)
        red = [e for e in range_.events if e["dimensions"].get("team") == "red"]
        expected = [{"attributionValue": "red", "points": range_.points("day", red)}] if red else []
        agrees({"series": expected, **oracle.totals(red)}, answer, f"trend of red {query}")


def test_sessions(world):
    everything = oracle.sessions(world.events)
    for query, range_ in world.ranges():
        inside = [s for s in everything if range_.start * 1000 <= s["start"] < range_.end * 1000]
        shown = lambda s: {k: v for k, v in s.items() if k not in ("start", "events")}  # noqa: E731
        for filters in [{}, {"session_type": "chat"}, {"user_id": "Ünal"}, {"session_type": "never"}]:
            matching = [
                s for s in inside
                if filters.get("session_type", s["sessionType"]) == s["sessionType"] and filters.get("user_id", s["userId"]) == s["userId"]
            ]
            got = []
            for offset in range(0, len(matching) + 1, 7):
                answer = world.get("/v1/attribution/sessions", limit=7, offset=offset, **filters, **query)
                assert answer["total"] == len(matching)
                got += answer["sessions"]
            by_id = {s["sessionId"]: shown(s) for s in matching}
            assert [s["startedAt"] for s in got] == [oracle.iso(s["start"]) for s in matching]
            assert {s["sessionId"] for s in got} == set(by_id)
            for session in got:
                agrees(by_id[session["sessionId"]], session, f"session {query}")
        check_comparison(world, query, inside)
    for session in world.random.sample(everything, 8):
        answer = world.get(f"/v1/attribution/sessions/{session['sessionId']}")
        events = sorted(session["events"], key=lambda e: (e["ms"], e["order"]))
        expected = {
            "session": {k: v for k, v in session.items() if k not in ("start", "events")},
            "byModel": oracle.breakdown(events, oracle.of("model"), ["model"]),
            "byFeature": oracle.breakdown(events, oracle.of("feature"), ["feature"]),
            "events": [{"eventId": e["eventId"]} for e in events],
            "hasMore": False,
        }
        agrees(expected, answer, session["sessionId"])


def check_comparison(world, query, inside) -> None:
    groups = oracle.grouped(inside, oracle.of("sessionType"))
    items = []
    for kind, group in groups.items():
        costs = sorted(int(s["totalCostNanos"]) for s in group)
        middle = [costs[(len(costs) - 1) // 2], costs[len(costs) // 2]]
        count = len(group)
        is_known = any(e["costBasis"] != "unpriced" for s in group for e in s["events"])
        items.append(
            {
                "sessionType": kind,
                "sessionCount": count,
                "averageCostPerSession": (sum(costs) + count // 2) // count / 1e9 if is_known else None,
                "minCostNanos": str(costs[0]),
                "maxCostNanos": str(costs[-1]),
                "medianCost": (sum(middle) + 1) // 2 / 1e9 if is_known else None,
                "averageDurationMs": round(sum(s["durationMs"] for s in group) / count, 6),
                **oracle.totals([e for s in group for e in s["events"]]),
            }
        )
    items.sort(key=lambda i: (-int(i["totalCostNanos"]), i["sessionType"] is not None, i["sessionType"] or ""))
    answer = world.get("/v1/attribution/session-comparison", **query)
    agrees({"items": items, "sessionTypes": items}, answer, f"comparison {query}")
    some = world.get("/v1/attribution/session-comparison", session_types="chat,agent", **query)
    assert [i["sessionType"] for i in some["items"]] == [i["sessionType"] for i in items if i["sessionType"] in ("chat", "agent")]


def test_numeric_dimensions(world):
    for query, range_ in world.ranges():
        for name in ["latency_ms", "mixed", "team"]:
            measured = [(e["ms"], e["dimensions"][name]) for e in range_.events if isinstance(e["dimensions"].get(name), (int, float))]
            values = sorted(value for _, value in measured)
            answer = world.get(f"/v1/dimensions/{name}/numeric-summary", **query)
            agrees({"dimension": name, **aggregate(values), **range_.span()}, answer, f"{name} {query}")
            for percent in (50, 75, 90, 95, 99):
                found = answer["percentiles"][f"p{percent}"]
                if not values:
                    assert found is None
                    continue
                exact = values[max(1, -(-len(values) * percent // 100)) - 1]
                assert abs(found - exact) <= abs(exact) * 0.0101 + 1e-9, f"{name} p{percent} {query}"
            for granularity in granularities(range_):
                points = [
                    {"date": label, **oracle.span(start, end), **aggregate([v for ms, v in measured if start <= ms < end])}
                    for label, start, end in range_.steps(granularity)
                ]
                answer = world.get(f"/v1/dimensions/{name}/numeric-trend", granularity=granularity, **query)
                agrees({"items": points, "trend": points}, answer, f"{name} {granularity} {query}")


def aggregate(values: list[float]) -> dict:
    if not values:
        return {"count": 0, "sum": 0.0, "avg": None, "min": None, "max": None}
    micros = sum(round(v * 1e6) for v in values)
    count = len(values)
    return {
        "count": count,
        "sum": micros / 1e6,
        "avg": (micros + count // 2) // count / 1e6,
        "min": float(min(values)),
        "max": float(max(values)),
    }


FILTERS = {
    "model": "model",
    "provider": "provider",
    "user_id": "userId",
    "feature": "feature",
    "agent_id": "agentId",
    "workflow_id": "workflowId",
    "session_id": "sessionId",
    "subscription_id": "subscriptionId",
    "metric_name": "metricName",
    "event_type": "eventType",
    "basis": "costBasis",
}


def test_events_by_filter(world):
    for query, range_ in world.ranges():
        for count in [0, 1, 1, 1, 2, 2, 3]:
            names = world.random.sample(list(FILTERS), count)
            model = world.random.choice(world.events)
            filters = {name: model[FILTERS[name]] for name in names if model[FILTERS[name]] is not None}
            expected = [e for e in range_.events if all(e[FILTERS[name]] == value for name, value in filters.items())]
            limit = world.random.choice([3, 50, 1000])
            got, cursor, asked = [], None, 0
            path = world.random.choice(["/v1/usage/events", "/v1/usage/query"])
            while asked < 5:
                more = {"cursor": cursor} if cursor else {}
                answer = world.get(path, limit=limit, **filters, **query, **more)
                assert answer["total"] == len(expected), f"{filters} {query}"
                got += answer["events"]
                cursor, asked = answer["nextCursor"], asked + 1
                assert answer["hasMore"] == (cursor is not None) == (len(got) < len(expected))
                if cursor is None:
                    break
            ids = [e["eventId"] for e in expected]
            assert [e["eventId"] for e in got] == ids[: len(got)], f"{filters} {query}"
            offset = world.random.randrange(len(expected) + 2)
            answer = world.get(path, limit=limit, offset=offset, **filters, **query)
            assert [e["eventId"] for e in answer["data"]] == ids[offset : offset + limit]
            assert answer["hasMore"] == (offset + limit < len(expected))


def test_usage(world):
    for query, range_ in world.ranges():
        for subscription in [None, "sub_1", "never"]:
            more = {"subscription_id": subscription} if subscription else {}
            events = [e for e in range_.events if subscription in (None, e["subscriptionId"])]
            sums = oracle.totals(events)
            unique = lambda field: len({e[field] for e in events} - {None})  # noqa: E731
            expected = {
                "totalEvents": len(events),
                "totalInputTokens": sums["inputTokens"],
                "totalOutputTokens": sums["outputTokens"],
                "uniqueModels": unique("model"),
                "uniqueProviders": unique("provider"),
                "uniqueEndUsers": unique("userId"),
                **sums,
                **range_.span(),
            }
            agrees(expected, world.get("/v1/usage/summary", **more, **query), f"usage of {subscription} {query}")
            groups = oracle.grouped(events, oracle.of("metricName"))
            items = [
                {"metricName": metric, "totalQuantity": float(sum(e["quantity"] for e in groups[metric])), **oracle.totals(groups[metric])}
                for metric in sorted(groups, key=lambda metric: (-len(groups[metric]), metric))
            ]
            answer = world.get("/v1/usage/aggregation", **more, **query)
            agrees({"items": items, "aggregations": items, **sums}, answer, f"aggregation of {subscription} {query}")
            frames = world.get("/v1/usage/aggregation", metric_name="frames", **more, **query)
            agrees({"items": [i for i in items if i["metricName"] == "frames"]}, frames, "frames")


def test_lines_add_up_to_the_cost(world):
    for event in world.random.sample(world.events, 60):
        answer = world.get(f"/v1/usage/events/{event['eventId']}")
        explanation = answer["explanation"]
        same = {k: v for k, v in event.items() if k not in ("ms", "order")}
        agrees({**same, "explanation": {"amountNanos": event["costNanos"], "basis": event["costBasis"], "priceId": event["priceId"]}}, answer, event["eventId"])
        if event["costBasis"] in ("exact", "estimated"):
            assert sum(int(line["amountNanos"]) for line in explanation["lines"]) == int(event["costNanos"])
            assert explanation["price"]["source"]
        else:
            assert explanation["lines"] == []
