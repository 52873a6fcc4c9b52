"""Opens a stopped host's database files and recomputes every rollup from the events."""

from __future__ import annotations

import sqlite3
from pathlib import Path

KINDS = {0: "NULL", 1: "model", 2: "provider", 3: "end_user", 4: "feature", 5: "agent", 6: "workflow"}
SLOT_MS = {0: 900_000, 1: 86_400_000}

SUMS = """COUNT(*), SUM(basis = 0), SUM(basis = 1), SUM(IFNULL(cost_nanos, 0)),
    SUM(IFNULL(low_nanos, IFNULL(cost_nanos, 0))), SUM(IFNULL(high_nanos, IFNULL(cost_nanos, 0))),
    SUM(input_tokens), SUM(output_tokens)"""


def databases(folder: Path) -> list[Path]:
    """All ledgers below a data folder, of either host."""
    found = []
    for path in folder.rglob("*.sqlite"):
        with sqlite3.connect(path) as database:
            if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'rollup'").fetchone():
                found.append(path)
    return found


def check(path: Path) -> int:
    """Asserts that sums and events agree to the nano-dollar; returns the number of events."""
    database = sqlite3.connect(path)
    stored = {row[:4]: row[4:] for row in database.execute(
        "SELECT kind, grain, slot, label, events, unpriced, estimated, cost_nanos, low_nanos, high_nanos, "
        "input_tokens, output_tokens FROM rollup")}
    recomputed = {}
    for kind, column in KINDS.items():
        for grain, slot_ms in SLOT_MS.items():
            rows = database.execute(
                f"SELECT {kind}, {grain}, at_ms / {slot_ms}, IFNULL({column}, 0), {SUMS} FROM event GROUP BY 3, 4")
            recomputed.update({row[:4]: row[4:] for row in rows})
    assert stored == recomputed, f"{path}: rollups and events disagree"
    events, ids = database.execute("SELECT COUNT(*), COUNT(DISTINCT id) FROM event").fetchone()
    assert events == ids, f"{path}: an event stands twice"
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return events
