"""The provider responses of the demo, written from the providers' formats."""

import json
from pathlib import Path


def load(kind: str):
    """Name and content of each response of a kind, as its ``object`` or ``type`` says."""
    for path in sorted((Path(__file__).parent / "responses").glob("*.json")):
        call = json.loads(path.read_text())
        if kind in (call["response"].get("object"), call["response"].get("type")):
            yield path.stem, call
