"""Works out periods with Python's zoneinfo, apart from the service, and writes tests/vectors/periods/*.json.

``python tests/oracle/periods.py`` writes the files, ``--check`` compares them. A day begins with the first instant whose
local date it is, found by bisection: nothing here knows how the service does it.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).resolve().parents[1] / "vectors/periods"
EPOCH = date(1970, 1, 1)

# Whole and broken offsets, clocks that jump at midnight, by half an hour, over a whole day. Years whose rules are
# settled: a later edition of the time zone database must not change a vector.
ZONES = {
    "UTC": (2019, 2025),
    "Europe/Berlin": (2019, 2025),
    "America/New_York": (2019, 2025),
    "America/St_Johns": (2019, 2025),
    "America/Havana": (2019, 2024),
    "America/Sao_Paulo": (2016, 2019),
    "Asia/Kolkata": (2019, 2025),
    "Asia/Kathmandu": (2019, 2025),
    "Asia/Beirut": (2018, 2022),
    "Africa/Cairo": (2023, 2024),
    "Australia/Lord_Howe": (2019, 2025),
    "Pacific/Chatham": (2019, 2025),
    "Pacific/Apia": (2011, 2013),
    "Pacific/Kiritimati": (2019, 2025),
}


class Calendar:
    def __init__(self, name: str):
        self.zone = ZoneInfo(name)

    def shown(self, second: int) -> datetime:
        return datetime.fromtimestamp(second, timezone.utc).astimezone(self.zone).replace(tzinfo=None)

    def midnight(self, day: date) -> int:
        """The first second whose local date is ``day`` or later."""
        guess = (day - EPOCH).days * 86400
        low, high = guess - 2 * 86400, guess + 2 * 86400
        while low < high:
            middle = (low + high) // 2
            if self.shown(middle).date() >= day:
                high = middle
            else:
                low = middle + 1
        return low

    def day_of(self, second: int) -> date:
        return self.shown(second).date()


def first_of_next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def first_of_previous_month(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def billing_period(day: date, anchor: int) -> tuple[date, date]:
    start = day.replace(day=anchor)
    if start > day:
        start = first_of_previous_month(day).replace(day=anchor)
    return start, first_of_next_month(start).replace(day=anchor)


def windows(calendar: Calendar, now: int, anchor: int) -> dict[str, tuple[date, date, date]]:
    """By window: where the period before begins, where the period begins, where it ends."""
    today = calendar.day_of(now)
    tomorrow = today + timedelta(days=1)
    start, end = billing_period(today, anchor)
    last = billing_period(start - timedelta(days=1), anchor)[0]
    before_last = billing_period(last - timedelta(days=1), anchor)[0]
    back = lambda n: tomorrow - timedelta(days=n)  # noqa: E731
    return {
        "current-period": (last, start, end),
        "last-period": (before_last, last, start),
        "last-7-days": (back(14), back(7), tomorrow),
        "last-30-days": (back(60), back(30), tomorrow),
    }


def whole(calendar: Calendar, start: int, end: int, first_of, following, number) -> list[int] | None:
    """Numbers of the first whole day or month inside, and of the first that is not."""
    day = first_of(calendar.day_of(start))
    while calendar.midnight(day) < start:
        day = following(day)
    first = day
    while calendar.midnight(following(day)) <= end:
        day = following(day)
    return [number(first), number(day)] if first < day and calendar.midnight(first) <= end else None


def steps(calendar: Calendar, start: int, end: int, granularity: str) -> list[list]:
    """Every second of the range belongs to a step; a new step begins where the clock shows a new one."""
    if granularity == "hour":
        # Clocks change on full quarters only, so looking each quarter of an hour sees every change.
        starts, at = [start], start - start % 900 + 900
        while at < end:
            if calendar.shown(at).minute == 0:
                starts.append(at)
            at += 900
        iso = "%Y-%m-%dT%H:%M:%S.000Z"
        return [[datetime.fromtimestamp(s, timezone.utc).strftime(iso), s * 1000] for s in starts]
    begins = {
        "day": lambda day: True,
        "week": lambda day: day.weekday() == 0,
        "month": lambda day: day.day == 1,
    }[granularity]
    starts, day = [start], calendar.day_of(start) + timedelta(days=1)
    while calendar.midnight(day) < end:
        midnight = calendar.midnight(day)
        if begins(day) and midnight > starts[-1]:
            starts.append(midnight)
        day += timedelta(days=1)
    return [[calendar.day_of(s).isoformat(), s * 1000] for s in starts]


def expectation(calendar: Calendar, before: int, start: int, end: int) -> dict:
    expect = {
        "start": start * 1000,
        "end": end * 1000,
        "before": before * 1000,
        "days": whole(calendar, start, end, lambda d: d, lambda d: d + timedelta(days=1), lambda d: (d - EPOCH).days),
        "months": whole(
            calendar, start, end, lambda d: d.replace(day=1), first_of_next_month, lambda d: d.year * 12 + d.month - 1
        ),
    }
    days = (end - start) / 86400
    wanted = ["hour"] if days <= 2 else ["day", "week"] if days <= 32 else ["week", "month"]
    expect["steps"] = {name: steps(calendar, start, end, name) for name in wanted}
    return expect


def is_midnight(calendar: Calendar, second: int) -> bool:
    return calendar.midnight(calendar.day_of(second)) == second


def explicit(calendar: Calendar, random_: random.Random, years: tuple[int, int]) -> dict:
    """A range by dates or instants, in one of the spellings."""
    first = date(years[0], 1, 1) + timedelta(days=random_.randrange((years[1] - years[0]) * 365))
    length = random_.choice([1, 1, 2, 7, 28, 30, 31, 90, 365])
    if random_.random() < 0.6:
        last = first + timedelta(days=length - 1)
        names = random_.choice([("start_date", "end_date"), ("startDate", "endDate"), ("start", "end")])
        start, end = calendar.midnight(first), calendar.midnight(last + timedelta(days=1))
        query = f"{names[0]}={first}&{names[1]}={last}"
    else:
        start = calendar.midnight(first) + random_.choice([0, 1, 900, 4500, 13 * 3600 + 17])
        end = start + length * 86400 + random_.choice([0, 59, 900, -3600, 12345])
        text = lambda s: datetime.fromtimestamp(s, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: E731
        query = f"start={text(start)}&end={text(end)}"
        end += end % 60 == 59
    if start >= end:
        return explicit(calendar, random_, years)
    if is_midnight(calendar, start) and is_midnight(calendar, end):
        days = (calendar.day_of(end) - calendar.day_of(start)).days
        before = calendar.midnight(calendar.day_of(start) - timedelta(days=days))
    else:
        before = start - (end - start)
    return {"query": query, "expect": expectation(calendar, before, start, end)}


def changes(calendar: Calendar, years: tuple[int, int]) -> list[int]:
    """Midnights next to a change of the clocks."""
    found, day = [], date(years[0], 1, 1)
    while day < date(years[1], 12, 31):
        following = day + timedelta(days=1)
        if calendar.midnight(following) - calendar.midnight(day) != 86400:
            found.append(calendar.midnight(day))
        day = following
    return found


def cases(name: str, years: tuple[int, int]) -> list[dict]:
    random_ = random.Random(name)
    calendar = Calendar(name)
    seconds = lambda y, m, d: int(datetime(y, m, d, tzinfo=timezone.utc).timestamp())  # noqa: E731
    span = (seconds(years[0], 3, 1), seconds(years[1], 12, 1))
    nows = [random_.randrange(*span) for _ in range(6)]
    leap = next((y for y in range(years[0], years[1] + 1) if y % 4 == 0), years[0])
    for day in [date(leap, 2, 28), date(leap, 2, 28) + timedelta(days=1), date(leap, 3, 1), date(years[0], 12, 31)]:
        nows += [calendar.midnight(day), calendar.midnight(day + timedelta(days=1)) - 1]
    for change in random_.sample(found := changes(calendar, years), min(3, len(found))):
        nows += [change + 1, change + 86400 - 1]
    out = []
    for now in nows:
        anchor = random_.choice([1, 1, 15, 28])
        window = random_.choice(["current-period", "last-period", "last-7-days", "last-30-days"])
        before, start, end = (calendar.midnight(day) for day in windows(calendar, now, anchor)[window])
        if start < end:
            expect = expectation(calendar, before, start, end)
            out.append({"now": now * 1000, "anchorDay": anchor, "query": f"time_window={window}", "expect": expect})
    for _ in range(14):
        out.append({"now": nows[0] * 1000, "anchorDay": 1, **explicit(calendar, random_, years)})
    for change in random_.sample(found, min(4, len(found))):
        day = calendar.day_of(change)
        start, end = change, calendar.midnight(day + timedelta(days=1))
        if start < end:
            before = calendar.midnight(day - timedelta(days=1))
            query = f"start_date={day}&end_date={day}"
            out.append({"now": nows[0] * 1000, "anchorDay": 1, "query": query, "expect": expectation(calendar, before, start, end)})
    return out


def main() -> int:
    stale = []
    for name, years in ZONES.items():
        about = f"Periods in {name}, as zoneinfo has them. Generated by tests/oracle/periods.py; do not edit."
        lines = ",\n  ".join(json.dumps(case) for case in cases(name, years))
        text = f'{{\n "about": {json.dumps(about)},\n "zone": {json.dumps(name)},\n "cases": [\n  {lines}\n ]\n}}\n'
        path = FOLDER / f"{name.replace('/', '_').lower()}.json"
        if "--check" in sys.argv:
            if not path.exists() or path.read_text() != text:
                stale.append(path.name)
        else:
            path.write_text(text)
    for name in stale:
        print(f"{name} is stale: run python tests/oracle/periods.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
