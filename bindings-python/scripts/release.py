"""Makes what a release of the package consists of, and says what is missing.

    release.py build FOLDER [-- OPTION…]   on each platform's own machine: its wheels; options are maturin's
    release.py source FOLDER               once: the source
    release.py check FOLDER [--publish]    with all of it in one folder: whether it is whole, and then to PyPI

Without ``--publish`` nothing leaves the machine.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
MANIFEST = HOME / "Cargo.toml"

# The interpreters: one wheel from 3.10 on, and one for 3.9, whose stable interface is smaller.
BUILDS = {"cp310-abi3": [], "cp39-abi3": ["--no-default-features", "--features", "abi3-py39"]}

# By the platform's part of a wheel's name.
PLATFORMS = {
    "Linux, x86_64": r"manylinux_2_\d+_x86_64(\.manylinux\w+_x86_64)*",
    "Linux, aarch64": r"manylinux_2_\d+_aarch64(\.manylinux\w+_aarch64)*",
    "Alpine Linux, x86_64": r"musllinux_1_\d_x86_64",
    "Alpine Linux, aarch64": r"musllinux_1_\d_aarch64",
    "macOS, x86_64": r"macosx_\d+_\d+_x86_64",
    "macOS, arm64": r"macosx_\d+_\d+_arm64",
    "Windows, x86_64": r"win_amd64",
}


def version() -> str:
    """The version that the Rust workspace has, and so its packages."""
    text = (HOME.parent / "Cargo.toml").read_text("utf-8")
    found = re.search(r'\[workspace\.package\]\s+version = "(.+)"', text)
    if found is None:
        raise SystemExit("the Rust workspace states no version")
    return found[1]


def build(folder: Path, options: list[str]) -> None:
    """This machine's wheels."""
    for choice in BUILDS.values():
        maturin("build", "--release", "--locked", *choice, "--out", str(folder), *options)


def maturin(command: str, *options: str) -> None:
    """Runs the builder, and ends with its failure."""
    asked = [sys.executable, "-m", "maturin", command, "--manifest-path", str(MANIFEST), *options]
    if subprocess.run(asked).returncode != 0:
        raise SystemExit(f"maturin {command} failed")


def missing(names: list[str]) -> list[str]:
    """What a release still needs beside these files."""
    start = f"bearlumen-{version()}"
    wanted = {"the source": re.escape(f"{start}.tar.gz")}
    for python in BUILDS:
        for platform, pattern in PLATFORMS.items():
            wanted[f"{python}, {platform}"] = f"{re.escape(f'{start}-{python}-')}{pattern}\\.whl"
    return [what for what, pattern in wanted.items() if not any(re.fullmatch(pattern, name) for name in names)]


def check(folder: Path, publish: bool) -> None:
    """Says what is there and what is not; only what is whole is published."""
    files = sorted(path for path in folder.iterdir() if path.name.startswith("bearlumen-"))
    for path in files:
        print(f"there    {path.name}")
    lacking = missing([path.name for path in files])
    for what in lacking:
        print(f"missing  {what}")
    if lacking:
        raise SystemExit(f"{len(lacking)} of {1 + len(BUILDS) * len(PLATFORMS)} parts are missing")
    if publish:
        maturin_upload = [sys.executable, "-m", "maturin", "upload", "--skip-existing", *map(str, files)]
        raise SystemExit(subprocess.run(maturin_upload).returncode)


def main(words: list[str]) -> None:
    """Does what the first word says."""
    if len(words) < 2 or words[0] not in ("build", "source", "check"):
        raise SystemExit(__doc__)
    what, folder, options = words[0], Path(words[1]), words[2:]
    if what == "build":
        build(folder, options[1:] if options[:1] == ["--"] else options)
    elif what == "source":
        maturin("sdist", "--out", str(folder))
    else:
        check(folder, "--publish" in options)


if __name__ == "__main__":
    main(sys.argv[1:])
