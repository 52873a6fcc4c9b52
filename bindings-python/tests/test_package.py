"""The package as it is installed and released."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import bearlumen

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "release.py"


def release() -> Any:
    spec = importlib.util.spec_from_file_location("release", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_platform_without_a_build_is_told_plainly(tmp_path: Path) -> None:
    # As when a folder of packages is carried to another kind of machine.
    home = Path(bearlumen.__file__).parent
    shutil.copytree(home, tmp_path / "bearlumen", ignore=shutil.ignore_patterns("*.so", "*.pyd", "__pycache__"))
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import bearlumen"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: bearlumen has no native module for ") and "install the package" in last


def test_its_version_is_the_one_of_the_rust_workspace() -> None:
    assert importlib.metadata.version("bearlumen") == bearlumen.__version__ == release().version()


def test_a_release_is_whole_or_says_what_it_lacks(tmp_path: Path, capsys: Any) -> None:
    script = release()
    version = script.version()
    platforms = [
        "manylinux_2_17_x86_64.manylinux2014_x86_64",
        "manylinux_2_28_aarch64",
        "musllinux_1_2_x86_64",
        "musllinux_1_2_aarch64",
        "macosx_10_12_x86_64",
        "macosx_11_0_arm64",
        "win_amd64",
    ]
    for python in ("cp310", "cp39"):
        for platform in platforms:
            (tmp_path / f"bearlumen-{version}-{python}-abi3-{platform}.whl").touch()
    with pytest.raises(SystemExit, match="1 of 15 parts are missing"):
        script.check(tmp_path, publish=True)
    assert "missing  the source" in capsys.readouterr().out
    (tmp_path / f"bearlumen-{version}.tar.gz").touch()
    script.check(tmp_path, publish=False)
    (tmp_path / f"bearlumen-{version}-cp39-abi3-win_amd64.whl").rename(tmp_path / "bearlumen-0.0.1-cp39-abi3-win_amd64.whl")
    with pytest.raises(SystemExit, match="1 of 15"):
        script.check(tmp_path, publish=False)
    assert "missing  cp39-abi3, Windows, x86_64" in capsys.readouterr().out
