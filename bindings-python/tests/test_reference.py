"""The reference is made of the docstrings, and every public name has one."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import bearlumen

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "reference.py"


def test_the_reference_is_made(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, SCRIPT, tmp_path], capture_output=True, text=True)
    assert done.returncode == 0 and "Warn" not in done.stderr, done.stderr
    page = (tmp_path / "bearlumen.html").read_text("utf-8")
    for name in bearlumen.__all__:
        assert f'id="{name}"' in page or name in ("BearLumen", "__version__"), name
    for module, name in {
        "_tracking": "Tracking.track",
        "_page": "Page.auto_paging_iter",
        "_api/costs": "Costs.by_model",
        "_api/usage": "Usage.record",
    }.items():
        assert f'id="{name}"' in (tmp_path / "bearlumen" / f"{module}.html").read_text("utf-8"), name
    assert 'id="AsyncClient.flush"' in page and 'id="TrackResult.cost"' in page


def test_every_public_name_says_what_it_is() -> None:
    silent = []
    for name in bearlumen.__all__:
        value = getattr(bearlumen, name)
        if not inspect.isclass(value):
            continue
        if not value.__doc__:
            silent.append(name)
        for member, found in vars(value).items():
            public = not member.startswith("_") and (callable(found) or isinstance(found, property))
            if public and not inspect.getdoc(found):
                silent.append(f"{name}.{member}")
    assert silent == []
