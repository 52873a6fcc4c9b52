"""A host's wall clock that a test moves while the host runs."""

from __future__ import annotations

import struct
from pathlib import Path

import preload


class Clock:
    """Where the offset stands that `clock.c` reads, and the environment that has a host read it."""

    def __init__(self, folder: Path):
        self.file = folder / "clock-offset"
        self.step_to(0)
        self.environment = {"LD_PRELOAD": str(preload.built("clock", folder)), "CLOCK_OFFSET_FILE": str(self.file)}

    def step_to(self, hours: float) -> None:
        """So many hours ahead of this machine's clock, or behind it."""
        # In place: the file is mapped.
        with open(self.file, "r+b" if self.file.exists() else "w+b") as file:
            file.write(struct.pack("=q", round(hours * 3_600_000)))
