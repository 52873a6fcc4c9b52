"""A host's wall clock that a test moves while the host runs."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path


class Clock:
    """Where the offset stands that `clock.c` reads, and the environment that has a host read it."""

    def __init__(self, folder: Path):
        self.file = folder / "clock-offset"
        self.step_to(0)
        library = folder / "clock.so"
        source = Path(__file__).with_name("clock.c")
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, source], check=True)
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_OFFSET_FILE": str(self.file)}

    @staticmethod
    def is_possible() -> bool:
        return shutil.which("cc") is not None and Path("/proc/self").exists()

    def step_to(self, hours: float) -> None:
        """So many hours ahead of this machine's clock, or behind it."""
        # In place: the file is mapped.
        with open(self.file, "r+b" if self.file.exists() else "w+b") as file:
            file.write(struct.pack("=q", round(hours * 3_600_000)))
