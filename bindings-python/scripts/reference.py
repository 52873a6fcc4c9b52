"""Writes the reference of the installed package, from its docstrings: ``reference.py FOLDER``"""

from __future__ import annotations

import sys
from pathlib import Path

import pdoc

import bearlumen
from bearlumen import AsyncClient

# What is reached through a client stands in private modules, and is part of the reference all the same.
API = Path(bearlumen.__file__).parent / "_api"
SHARED = ["bearlumen._tracking", "bearlumen._page"]


def main(folder: Path) -> None:
    """One page for the package, and one for each module of what its clients share."""
    # It is imported when it is asked for, and the tool only sees what is there.
    bearlumen.AsyncClient = AsyncClient  # type: ignore[misc]
    resources = [f"bearlumen._api.{file.stem}" for file in sorted(API.glob("*.py")) if file.stem != "__init__"]
    pdoc.render.configure(docformat="restructuredtext", footer_text=f"bearlumen {bearlumen.__version__}")
    pdoc.pdoc("bearlumen", *SHARED, *resources, output_directory=folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
