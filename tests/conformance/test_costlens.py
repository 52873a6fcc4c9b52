"""CostLens against a separate computation, with plans, and with decisions that are followed."""

from __future__ import annotations

import os
import random
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from decimal import Decimal

# Runs of the month; `make costlens-month` sends a million.
RUNS = int(os.environ.get("BEARLUMEN_COSTLENS_RUNS", "1500"))
BATCH = 1000
# US dollars a million tokens of input and output, from the vendors' pages.
PRICES = {("openai", "gpt-5.4"): ("2.5", "15"), ("openai", "gpt-5.4-mini"): ("0.75", "4.5"), ("openai", "gpt-5-nano"): ("0.05", "0.4"),
          ("anthropic", "claude-haiku-4-5"): ("1", "5"), ("anthropic", "claude-sonnet-4-6"): ("3", "15")}
NANO = Decimal("1e-9")
WITHOUT_PRICE = ("anthropic", "claude-3")


def month(count: int, seed: int, now: datetime) -> list[dict]:
    """Runs of the latest thirty days, evenly spread, some of them without a price, a measurement or success."""
    rng = random.Random(seed)
    models = [*PRICES, WITHOUT_PRICE]
    runs = []
    for number in range(count):
        provider, model = rng.choices(models, weights=[30, 30, 20, 10, 8, 2])[0]
        at = now - timedelta(seconds=number * 29.5 * 86400 / count)
        run = {"provider": provider, "model": model, "inputTokens": rng.randint(0, 5000), "outputTokens": rng.randint(0, 900),
               "success": rng.random() < 0.97, "requestId": f"req_{number}", "timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
        if rng.random() < 0.9:
            run["latency"] = rng.randint(50, 9000)
        runs.append(run)
    return runs


def cost(run: dict) -> Decimal | None:
    """A run's cost to the nano-dollar, halves to even, as each run is rounded by itself."""
    rates = PRICES.get((run["provider"], run["model"]))
    if rates is None:
        return None
    exact = (Decimal(run["inputTokens"]) * Decimal(rates[0]) + Decimal(run["outputTokens"]) * Decimal(rates[1])) / 1_000_000
    return exact.quantize(NANO)


def nearly(shown: float, exact: Decimal) -> bool:
    """A JSON number of dollars is the nearest double."""
    return float(exact) == shown


def send(host, organization, runs: list[dict]) -> None:
    batches = [runs[start : start + BATCH] for start in range(0, len(runs), BATCH)]

    def one(batch: list[dict]) -> None:
        answer = host.call(organization, "POST", "/integrations/batch", json={"runs": batch})
        assert answer.status_code == 200, answer.text[:1000]
        assert answer.json()["batchStats"] == {"totalRuns": len(batch), "successful": len(batch), "failed": 0, "successRate": 100}

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, batches))


def test_a_month_of_runs_is_summed_to_the_nano_dollar(host):
    organization = host.organization("costlens month")
    now = datetime.now(timezone.utc)
    runs = month(RUNS, 7, now)
    send(host, organization, runs)
    send(host, organization, runs[:BATCH])  # Repeated, and not counted twice.

    first, last = now - timedelta(days=29), now
    inside = [run for run in runs if run["timestamp"][:10] >= first.strftime("%Y-%m-%d")]
    priced = [(run, cost(run)) for run in inside]
    known = [(run, amount) for run, amount in priced if amount is not None]
    total = sum(amount for _, amount in known)
    overview = host.call(organization, "GET", f"/analytics/overview?startDate={first:%Y-%m-%d}&endDate={last:%Y-%m-%d}").json()
    assert overview["totalRuns"] == len(inside)
    assert overview["unpricedRuns"] == len(inside) - len(known)
    assert nearly(overview["totalCost"], total), (overview["totalCost"], total)
    assert overview["totalTokens"] == sum(run["inputTokens"] + run["outputTokens"] for run in inside)
    assert nearly(overview["avgCostPerRun"], (total / len(known)).quantize(NANO, rounding="ROUND_HALF_UP"))
    succeeded = Decimal(100 * sum(run["success"] for run in inside)) / len(inside)
    assert nearly(overview["successRate"], succeeded.quantize(Decimal("0.01"), rounding="ROUND_HALF_UP"))
    timed = [run["latency"] for run in inside if "latency" in run]
    assert overview["avgLatency"] == (sum(timed) * 2 + len(timed)) // (2 * len(timed))

    days: dict = defaultdict(lambda: [0, Decimal(0), 0])
    models: dict = defaultdict(lambda: [0, Decimal(0), True])
    for run, amount in priced:
        day = days[run["timestamp"][:10]]
        day[0] += 1
        day[1] += amount or 0
        day[2] += run["inputTokens"] + run["outputTokens"]
        of_model = models[run["model"]]
        of_model[0] += 1
        of_model[1] += amount or 0
        of_model[2] &= amount is None
    assert len(overview["dailyData"]) == 30
    for day in overview["dailyData"]:
        runs_of_day, amount, tokens = days[day["date"]]
        assert (day["runs"], day["tokens"]) == (runs_of_day, tokens), day
        assert day["cost"] is None or nearly(day["cost"], amount), (day, amount)
    shown = {item["model"]: item for item in overview["byModel"]}
    assert shown.keys() == models.keys()
    for model, (count, amount, is_unknown) in models.items():
        assert shown[model]["runs"] == count
        assert shown[model]["cost"] is None if is_unknown else nearly(shown[model]["cost"], amount), model

    dashboard = host.call(organization, "GET", "/dashboard/stats").json()["data"]
    assert dashboard["totalRuns"] == len(inside)
    for of_provider in dashboard["providerStats"]:
        own = [run for run in inside if run["provider"] == of_provider["provider"]]
        latencies = [run["latency"] for run in own if "latency" in run]
        assert of_provider["requests"] == len(own)
        assert of_provider["avgLatency"] == (sum(latencies) * 2 + len(latencies)) // (2 * len(latencies))
        assert abs(of_provider["successRate"] - sum(run["success"] for run in own) / len(own)) < 1e-6
    # The level of a month of even traffic is no secret: the whole days' mean, within a tenth.
    whole = [amount for day, (_, amount, _) in days.items() if day not in (f"{now:%Y-%m-%d}", f"{first:%Y-%m-%d}")]
    expected = 30 * sum(whole) / len(whole)
    assert abs(Decimal(dashboard["costForecast"]["next30Days"]) / expected - 1) < Decimal("0.1"), dashboard["costForecast"]
    # Bear Lumen's own report of the same days says the same.
    report = host.call(organization, "GET", f"/v1/cost-data/summary?start_date={first:%Y-%m-%d}&end_date={last:%Y-%m-%d}").json()
    assert Decimal(report["totalCostNanos"]) == total * 10**9 and report["eventCount"] == len(inside)
    assert report["isFloor"] == (len(known) < len(inside))


def test_savings_are_what_another_program_computes(host):
    organization = host.organization("costlens savings")
    now = datetime.now(timezone.utc)
    runs = [{"provider": "openai", "model": "gpt-5.4", "inputTokens": 900 + number, "outputTokens": 77, "requestId": f"s{number}",
             "timestamp": (now - timedelta(days=number % 20)).strftime("%Y-%m-%dT%H:%M:%SZ")} for number in range(200)]
    send(host, organization, runs)
    paid = sum(cost(run) for run in runs)
    analysis = host.call(organization, "GET", "/cost-analysis").json()["analysis"]
    assert nearly(analysis["totalCost"], paid)
    batch = next(found for found in analysis["alternatives"] if found["kind"] == "batch")
    tokens = sum(run["inputTokens"] for run in runs), sum(run["outputTokens"] for run in runs)
    half = (tokens[0] * Decimal("1.25") + tokens[1] * Decimal("7.5")) / 1_000_000
    assert Decimal(batch["alternativeNanos"]) == half * 10**9
    assert Decimal(batch["savedNanos"]) == (paid - half) * 10**9
    assert batch["computedFrom"]["events"] == 200 and batch["computedFrom"]["buckets"] == {"input": tokens[0], "output": tokens[1]}


def test_a_plan_bounds_batches_and_months(host):
    organization = host.organization("costlens plan")
    host.admin("PATCH", f"/admin/organizations/{organization.id}", {"plan": "free"})
    run = {"provider": "openai", "model": "gpt-5.4", "tokensUsed": 10}
    eleven = host.call(organization, "POST", "/integrations/batch", json={"runs": [run] * 11})
    assert eleven.status_code == 402
    assert eleven.json() == {"error": "A batch of this plan is at most 10 runs, 11 were sent. Upgrade needed"}
    answers = [host.call(organization, "POST", "/integrations/batch", json={"runs": [run] * 10}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    refused = answers[-1]
    assert refused.json().keys() == {"error", "retryAfter"} and 1 <= refused.json()["retryAfter"] <= 12
    assert refused.headers["retry-after"] == str(refused.json()["retryAfter"])
    usage = host.call(organization, "GET", "/usage").json()
    assert usage == {"plan": "free", "runsThisMonth": 50, "runsLimit": 1000, "percentUsed": 5}


def test_a_month_that_is_used_up_asks_for_another_plan(host):
    organization = host.organization("costlens month limit")
    run = {"provider": "openai", "model": "gpt-5.4", "tokensUsed": 10}
    sent = host.call(organization, "POST", "/integrations/batch", json={"runs": [run] * 999})
    assert sent.status_code == 200
    host.admin("PATCH", f"/admin/organizations/{organization.id}", {"plan": "free"})
    last = {**run, "requestId": "the last one"}
    assert host.call(organization, "POST", "/integrations/run", json=last).status_code == 200
    refused = host.call(organization, "POST", "/integrations/run", json=run)
    assert refused.status_code == 402, refused.text
    # Who did not hear the answer asks again, and takes nothing.
    assert host.call(organization, "POST", "/integrations/run", json=last).status_code == 200
    assert host.call(organization, "POST", "/integrations/batch", json={"runs": [last]}).json()["processed"] == 1
    assert host.call(organization, "POST", "/integrations/batch", json={"runs": [last, run]}).status_code == 402
    assert refused.json() == {"error": "The plan free allows 1000 runs a month and 1000 are used. Upgrade needed"}
    assert host.call(organization, "GET", "/usage").json()["percentUsed"] == 100


def test_a_decision_is_enforced_by_the_run_that_follows_it(host):
    organization = host.organization("costlens decisions")
    question = {"prompt": "Hello", "preferences": {"providers": ["openai"]}}
    decisions = [host.call(organization, "POST", "/routing/context-aware", json=question).json()["decision"] for _ in range(3)]

    def follow(decision: dict, model: str, request: str) -> None:
        run = {"provider": "openai", "model": model, "tokensUsed": 10, "routingDecisionId": decision["id"], "requestId": request}
        assert host.call(organization, "POST", "/integrations/run", json=run).status_code == 200

    follow(decisions[0], decisions[0]["model"], "a")
    follow(decisions[0], decisions[0]["model"], "a")  # Repeated.
    follow(decisions[0], decisions[0]["model"], "b")  # Followed already.
    follow(decisions[1], "gpt-5.4-nano", "c")  # Not what was decided.
    stats = host.call(organization, "GET", "/dashboard/stats").json()["data"]["routingDecisions"]
    assert stats == {"total": 3, "enforced": 1, "qualityUpgrades": 0, "costDowngrades": 0}


def decided(host, organization, **preferences) -> dict:
    question = {"prompt": "Hello", "preferences": {"providers": ["openai"], **preferences}}
    return host.call(organization, "POST", "/routing/context-aware", json=question).json()["decision"]


def counted(host, organization) -> dict:
    return host.call(organization, "GET", "/dashboard/stats").json()["data"]["routingDecisions"]


def test_a_forged_decision_and_one_of_others_count_for_nothing(host):
    organization, other = host.organization("decided"), host.organization("decided elsewhere")
    mine, theirs = decided(host, organization), decided(host, other)
    forged = mine["id"][:-3] + ("aaa" if not mine["id"].endswith("aaa") else "bbb")
    for number, id in enumerate([theirs["id"], forged, "rd_", "rd_" + "a" * 36, "rd_é", "anything"]):
        run = {"provider": "openai", "model": mine["model"], "tokensUsed": 10, "routingDecisionId": id, "requestId": f"r{number}"}
        assert host.call(organization, "POST", "/integrations/run", json=run).status_code == 200
    assert counted(host, organization) == {"total": 1, "enforced": 0, "qualityUpgrades": 0, "costDowngrades": 0}
    # In capitals it is the same id, and a dated name the same model: followed, once.
    for id in (mine["id"].upper().replace("RD_", "rd_"), mine["id"]):
        run = {"provider": "openai", "model": mine["model"], "tokensUsed": 10, "routingDecisionId": id}
        assert host.call(organization, "POST", "/integrations/run", json=run).status_code == 200
    assert counted(host, organization)["enforced"] == 1


def test_a_crash_loses_at_most_the_last_second_of_decisions_and_none_that_is_followed(mortal_host):
    host = mortal_host
    organization = host.organization("costlens crash")
    upgrade = {"currentProvider": "openai", "currentModel": "gpt-5-nano", "qualityRequirement": "medium"}
    for _ in range(5):
        decided(host, organization, **upgrade)
    time.sleep(3)
    host.kill()
    host.start()
    assert counted(host, organization) == {"total": 5, "enforced": 0, "qualityUpgrades": 5, "costDowngrades": 0}

    lost = [decided(host, organization, **upgrade) for _ in range(3)]
    host.kill()
    host.start()
    kept = counted(host, organization)["total"] - 5
    assert 0 <= kept <= 3
    # Proven by the run that follows it, whatever became of its count.
    for request in ("a", "b"):
        run = {"provider": "openai", "model": lost[1]["model"], "tokensUsed": 10, "routingDecisionId": lost[1]["id"], "requestId": request}
        assert host.call(organization, "POST", "/integrations/run", json=run).status_code == 200
    total = 5 + kept + (kept < 2)
    expected = {"total": total, "enforced": 1, "qualityUpgrades": total, "costDowngrades": 0}
    assert counted(host, organization) == expected
    # A run that follows a decision of this life has all of them written.
    last = decided(host, organization, **upgrade)
    run = {"provider": "openai", "model": last["model"], "tokensUsed": 10, "routingDecisionId": last["id"], "requestId": "c"}
    assert host.call(organization, "POST", "/integrations/run", json=run).status_code == 200
    host.kill()
    host.start()
    assert counted(host, organization) == {"total": total + 1, "enforced": 2, "qualityUpgrades": total + 1, "costDowngrades": 0}
    if host.name == "native":
        decided(host, organization)
        host.stop()
        host.start()
        assert counted(host, organization)["total"] == total + 2


def test_every_field_that_is_described_is_read(host):
    organization = host.organization("costlens fields")
    schemas = host.client.get(f"{host.base_url}/openapi.json").json()["components"]["schemas"]
    run = {"provider": "openai", "model": "gpt-5.4", "tokensUsed": 10}
    asked = [
        ("/integrations/run", schemas["Run"], lambda field, value: {**run, field: value}),
        ("/cost-analysis", schemas["Run"], lambda field, value: {"runs": [{**run, field: value}]}),
        ("/routing/context-aware", schemas["RoutingQuestion"], lambda field, value: {"prompt": "x", field: value}),
        ("/routing/context-aware", schemas["RoutingPreferences"], lambda field, value: {"prompt": "x", "preferences": {"currentProvider": "openai", "currentModel": "gpt-5.4", field: value}}),
    ]
    seen = 0
    for path, schema, body in asked:
        for field in schema["properties"].keys() - {"input", "output"}:
            # An object stands nowhere but in preferences.
            value = [1] if field == "preferences" else {"a": {}}
            answer = host.call(organization, "POST", path, json=body(field, value))
            assert answer.status_code == 400 and field in answer.json()["error"], f"{path} {field}: {answer.text}"
            seen += 1
    assert seen > 50


def test_no_prompt_and_no_output_is_kept_or_logged(host):
    organization = host.organization("costlens privacy")
    secret = "a prompt that nobody may keep 7193"
    run = {"provider": "openai", "model": "gpt-5.4", "input": secret, "output": secret, "tokensUsed": 10}
    assert host.call(organization, "POST", "/integrations/run", json=run).status_code == 200
    assert host.call(organization, "POST", "/integrations/batch", json={"runs": [run]}).status_code == 200
    assert host.call(organization, "POST", "/routing/context-aware", json={"prompt": secret}).status_code == 200
    assert host.call(organization, "POST", "/cost-analysis", json=run).status_code == 200
    assert host.call(organization, "GET", "/analytics/overview").json()["totalRuns"] == 2
    kept = [path for path in host.folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    assert not kept, kept
