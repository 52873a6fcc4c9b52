"""Opens a stopped host's database files and recomputes every sum from the events, in Python, row by row."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

QUARTER_MS, DAY_S = 900_000, 86_400
# An event's places in its block from the sixth on, as the migration has them.
(TYPE, METRIC, PROVIDER, MODEL, USER, FEATURE, PRICE, QUANTITY, MICROS, INPUT, OUTPUT, BASIS, COST, LOW, HIGH,
 AGENT, WORKFLOW, SESSION_TYPE, SUBSCRIPTION) = range(19)
SUMS = "events, unpriced, estimated, cost_nanos, low_nanos, high_nanos, input_tokens, output_tokens, quantity, quantity_micros"


def databases(folder: Path) -> list[Path]:
    """All ledgers below a data folder, of either host."""
    found = []
    for path in folder.rglob("*.sqlite"):
        with sqlite3.connect(path) as database:
            if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'rollup'").fetchone():
                found.append(path)
    return found


def micros(value: float) -> int:
    """A measurement in millionths, half to even, by decimal arithmetic on what a double times a million is."""
    return round(value * 1e6)


def bin_of(value: float) -> int:
    if value == 0:
        return 0
    index = math.ceil(math.log(abs(value)) / math.log(1.01 / 0.99)) + 100_000
    return index if value > 0 else -index


class Expected:
    """What the tables have to hold, added up one event at a time."""

    def __init__(self, zone: str):
        self.zone = ZoneInfo(zone)
        self.rollup = defaultdict(lambda: [0] * 10)
        self.end_user = defaultdict(lambda: [0] * 10)
        self.run = defaultdict(lambda: [0] * 4)
        self.bucket = defaultdict(lambda: [0] * 3)
        self.session: dict[int, list] = {}
        self.numeric: dict[tuple, list] = {}
        self.bins = defaultdict(int)
        self.users: dict[int, int] = {}

    def add(self, labels: dict[str, int], at_ms: int, session, data: list, detail: dict) -> None:
        data = data + [None] * (19 - len(data))
        label = lambda place: data[place] or 0
        cost = data[COST] or 0
        sums = [1, int(data[BASIS] == 0), int(data[BASIS] == 1), cost, cost if data[LOW] is None else data[LOW],
                cost if data[HIGH] is None else data[HIGH], data[INPUT], data[OUTPUT], data[QUANTITY], data[MICROS]]
        local = datetime.fromtimestamp(at_ms / 1000, timezone.utc).astimezone(self.zone)
        day = local.date().toordinal() - datetime(1970, 1, 1).toordinal()
        month = local.year * 12 + local.month - 1
        quarter = at_ms // QUARTER_MS

        cells = []
        for kind, a, b in ((0, 0, 0), (1, label(PROVIDER), label(MODEL)), (4, label(FEATURE), 0), (5, label(AGENT), 0),
                           (6, label(WORKFLOW), 0)):
            cells += [(kind, 0, quarter, a, b), (kind, 1, day, a, b)]
            if kind in (0, 1):
                cells.append((kind, 2, month, a, b))
        cells += [(3, 1, day, label(USER), 0), (3, 2, month, label(USER), 0), (8, 1, day, label(SUBSCRIPTION), label(METRIC))]
        for key, value in detail.get("dimensions", {}).items():
            if isinstance(value, str):
                cells.append((7, 1, day, labels[key], labels[value]))
            else:
                self.number((labels[key], 1, day), value)
                self.number((labels[key], 2, month), value)
        for cell in cells:
            plus(self.rollup[cell], sums)
        plus(self.end_user[label(USER), day, label(PROVIDER), label(MODEL), label(FEATURE)], sums)
        if label(USER):
            self.users.setdefault(label(USER), at_ms)
        dimensions = detail.get("dimensions", {})
        if dimensions.get("success") in (0, 1):
            latency = dimensions.get("latency_ms")
            timed = isinstance(latency, int | float) and 0 <= latency <= 86_400_000
            whole = math.floor(latency + 0.5) if timed else 0
            plus(self.run[day, label(PROVIDER), label(MODEL)], [1, int(dimensions["success"]), int(timed), whole])
        quantities, amounts = detail.get("usage") or detail.get("split") or {}, detail.get("amounts", {})
        for name in quantities.keys() | amounts.keys():
            whole, part = divmod(round(quantities.get(name, 0) * 1e6), 1_000_000)
            plus(self.bucket[day, label(PROVIDER), label(MODEL), labels[name]], [whole, part, amounts.get(name, 0)])
        if session:
            row = self.session.setdefault(session, [None, None, at_ms, at_ms] + [0] * 10)
            row[0] = row[0] or data[SESSION_TYPE]
            row[1] = row[1] or data[USER]
            row[2:4] = min(row[2], at_ms), max(row[3], at_ms)
            row[4:] = [a + b for a, b in zip(row[4:], sums)]

    def number(self, place: tuple, value: float) -> None:
        row = self.numeric.setdefault(place, [0, 0, value, value])
        row[0] += 1
        row[1] += micros(value)
        row[2:] = min(row[2], value), max(row[3], value)
        self.bins[*place, bin_of(value)] += 1

    def session_counts(self) -> dict:
        """Sessions by when they began: everyone's from quarters of an hour on, one user's from four hours on."""
        counts = defaultdict(int)
        for session_type, user, first_ms, *_ in self.session.values():
            for who, finest in ((-1, 0), (user or 0, 1)):
                for grain in range(finest, 4):
                    counts[who, grain, first_ms // (QUARTER_MS * 16**grain), session_type or 0] += 1
        return counts


@dataclass
class Event:
    seq: int
    block: int
    id: bytes
    at_ms: int
    session: int | None
    detail: dict
    data: list


def stored_events(database):
    """Every event in order, and that each block is what it says."""
    for seq, size, base_ms, last_ms, events in database.execute("SELECT seq, size, base_ms, last_ms, events FROM block ORDER BY seq"):
        items = json.loads(events)
        times = [base_ms + item[1] for item in items]
        assert len(items) == size and max(times) == last_ms, f"block {seq} is not what it says"
        assert len({at_ms // QUARTER_MS for at_ms in times}) == 1, f"block {seq} spans quarters of an hour"
        for place, (id, _, _, session, detail, *data) in enumerate(items):
            yield Event(seq + place, seq, bytes.fromhex(id), times[place], session, detail or {}, data)


def plus(sums: list, more: list) -> None:
    for place, value in enumerate(more):
        sums[place] += value


def stored(database, table: str, keys: int, columns: str) -> dict:
    return {row[:keys] if keys > 1 else row[0]: list(row[keys:]) for row in database.execute(f"SELECT {columns} FROM {table}")}


def check(path: Path) -> int:
    """Asserts that sums and events agree to the nano-dollar; returns the number of events."""
    database = sqlite3.connect(path)
    labels = {text: number for number, text in database.execute("SELECT id, text FROM label")}
    texts = {number: text for text, number in labels.items()}
    zone = database.execute("SELECT value FROM setting WHERE name = 'timezone'").fetchone()
    folded, indexed = database.execute("SELECT seq, indexed FROM folded").fetchone()
    expected = Expected(zone[0] if zone else "UTC")
    events = list(stored_events(database))
    for event in events:
        if event.seq <= folded:
            expected.add(labels, event.at_ms, event.session, event.data, event.detail)

    def same(what: str, found: dict, wanted: dict) -> None:
        wanted = {key: list(value) for key, value in wanted.items()}
        wrong = [key for key in found.keys() | wanted.keys() if found.get(key) != wanted.get(key)]
        assert not wrong, f"{path}: {what} disagrees with the events at {wrong[:3]}: " + ", ".join(
            f"{found.get(key)} instead of {wanted.get(key)}" for key in wrong[:3])

    same("rollup", stored(database, "rollup", 5, "kind, grain, slot, a, b, " + SUMS), expected.rollup)
    same("end_user_rollup", stored(database, "end_user_rollup", 5, "end_user, slot, provider, model, feature, " + SUMS),
         expected.end_user)
    same("bucket_rollup", stored(database, "bucket_rollup", 4,
                                 "slot, provider, model, bucket, quantity, quantity_micros, cost_nanos"), expected.bucket)
    same("run_rollup", stored(database, "run_rollup", 3, "slot, provider, model, runs, succeeded, timed, latency_ms"), expected.run)
    same("session", stored(database, "session", 1, "label, session_type, end_user, first_ms, last_ms, " + SUMS), expected.session)
    numeric, bins = {}, {}
    for key, grain, slot, *sums, packed in database.execute(
            "SELECT key, grain, slot, events, sum * 1000000 + sum_micros, min, max, bins FROM numeric_sum"):
        numeric[key, grain, slot] = sums
        steps, at = json.loads(packed), 0
        for step, count in zip(steps[::2], steps[1::2], strict=True):
            at += step
            bins[key, grain, slot, at] = [count]
    same("numeric_sum", numeric, expected.numeric)
    same("the bins", bins, {key: [count] for key, count in expected.bins.items()})
    same("session_count", stored(database, "session_count", 4, "end_user, grain, slot, session_type, sessions"),
         {cell: [count] for cell, count in expected.session_counts().items()})
    users = {row[0]: row[1:] for row in database.execute("SELECT label, id, external_id FROM end_user")}
    for label in expected.users:
        digest = base64.b32encode(hashlib.sha256(texts[label].encode()).digest()[:10]).decode().lower()
        assert users.get(label) == (f"eu_{digest}", texts[label]), f"{path}: end user {texts[label]!r}: {users.get(label)}"

    assert len({event.id for event in events}) == len(events), f"{path}: an event stands twice"
    assert [event.seq for event in events] == list(range(1, len(events) + 1)), f"{path}: events are missing between others"
    known = {seq: h for h, seq in database.execute("SELECT h, seq FROM known")}
    heads = {event.seq: int.from_bytes(event.id[:8], "big", signed=True) for event in events if event.seq <= indexed}
    assert known == heads, f"{path}: the index of ids disagrees with the events"
    sessions = {(event.session, event.block) for event in events if event.session and event.seq <= folded}
    assert set(database.execute("SELECT session, block FROM session_block")) == sessions, f"{path}: blocks of sessions"
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return len(events)
