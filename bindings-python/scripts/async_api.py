"""Makes ``bearlumen/_api_async`` of ``bearlumen/_api``: the same resources, awaited. Run from anywhere."""

from __future__ import annotations

import re
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "python" / "bearlumen"
HEADER = "# Made of _api/{name} by scripts/async_api.py; change that one.\n"


def asynchronous(name: str, source: str) -> str:
    """The asynchronous form of a module of resources."""
    for cls in re.findall(r"^class (\w+)", source, re.MULTILINE):
        source = re.sub(rf"\b{cls}\b", f"Async{cls}", source)
    source = re.sub(r"\bCall\b", "AsyncCall", source)
    source = source.replace("return self._call.", "return await self._call.")
    # A method that asks is one that awaits.
    methods = re.split(r"(?m)^(?=    def )", source)
    awaited = (re.sub(r"^    def ", "    async def ", text) if "await " in text else text for text in methods)
    return HEADER.format(name=name) + "".join(awaited).replace("``client.", "The awaited form of ``client.")


def modules() -> dict[str, str]:
    """The text of every module by its name."""
    made = {"__init__.py": HEADER.format(name="*") + '"""The resources of an asynchronous client."""\n'}
    for file in sorted((PACKAGE / "_api").glob("*.py")):
        if file.name != "__init__.py":
            made[file.name] = asynchronous(file.name, file.read_text("utf-8"))
    return made


if __name__ == "__main__":
    folder = PACKAGE / "_api_async"
    folder.mkdir(exist_ok=True)
    for name, text in modules().items():
        (folder / name).write_text(text, "utf-8")
