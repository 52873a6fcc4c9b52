"""The whole path once: a server on an empty database, responses through both SDKs, and what they cost.

Run it by ``make demo``, which builds the pieces and installs the wheel and the npm package beside it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bearlumen

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
START_TIMEOUT_S = 30


def start(folder: Path) -> tuple[subprocess.Popen, dict]:
    ready = folder / "ready.json"
    log = open(folder / "server.log", "wb")
    command = [ROOT / "target/release/bearlumen", "serve", "--addr", "127.0.0.1:0", "--data", folder / "data"]
    server = subprocess.Popen([*command, "--ready-file", ready], stdout=log, stderr=log)
    deadline = time.monotonic() + START_TIMEOUT_S
    while not ready.exists() or not ready.read_text():
        if server.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"The server did not start:\n{(folder / 'server.log').read_text()}")
        time.sleep(0.05)
    return server, json.loads(ready.read_text())


def table(title: str, report: dict) -> None:
    print(f"\nCost by {title}")
    for item in report["items"]:
        name = item["attributionValue"] or "(none)"
        cost = f"${item['totalCost']:.6f}" if item["eventCount"] > item["unpricedEventCount"] else "unpriced"
        print(f"  {name:28} {cost:>12} {item['percentOfTotal']:>7.2f} %  {item['eventCount']} calls"
              f"  {item['inputTokens']:>6} in {item['outputTokens']:>6} out")
    floor = f"  (a floor: calls without a known price: {report['unpricedEventCount']})" if report["isFloor"] else ""
    print(f"  {'total':28} {'$' + format(report['totalCost'], '.6f'):>12}{floor}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bearlumen-demo-") as folder:
        server, told = start(Path(folder))
        try:
            environment = {**os.environ, "BEARLUMEN_API_KEY": told["api_key"], "BEARLUMEN_BASE_URL": told["base_url"]}
            print(f"A server on {told['base_url']}, its database in {folder}")
            subprocess.run([sys.executable, HERE / "track.py"], check=True, env=environment)
            subprocess.run(["node", HERE / "track.mjs"], check=True, env=environment)
            with bearlumen.Client(told["api_key"], base_url=told["base_url"]) as client:
                reports = {
                    "model": client.costs.by_model(),
                    "end user": client.costs.by_end_user(),
                    "feature": client.costs.by_feature(),
                }
            for title, report in reports.items():
                table(title, report)
            totals = {report["totalCostNanos"] for report in reports.values()}
            if len(totals) != 1:
                sys.exit(f"The reports disagree about the total: {totals}")
        finally:
            server.terminate()
            server.wait(timeout=30)
        print("\nThe server has stopped; the database is gone.")


if __name__ == "__main__":
    main()
