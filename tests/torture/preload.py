"""C that a host is started with, in place of what the system does."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def is_possible() -> bool:
    return shutil.which("cc") is not None and Path("/proc/self").exists()


def built(name: str, folder: Path) -> Path:
    """The library of `name.c`, which stands beside this file."""
    library = folder / f"{name}.so"
    source = Path(__file__).with_name(f"{name}.c")
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, source], check=True)
    return library
