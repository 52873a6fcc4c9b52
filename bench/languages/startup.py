"""Whole processes that import it and end, beside one that does nothing, in turns, in processor time: what else the
machine does meanwhile does not count.
"""

import resource
import subprocess
import sys

from rounds import in_turns, middle, tell


def process(program: str) -> float:
    times = []
    for _ in range(3):
        before = spent()
        subprocess.run([sys.executable, "-I", "-c", program], check=True)
        times.append(spent() - before)
    return middle(times) * 1000


def spent() -> float:
    """Seconds that the processes started here have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


EMPTY = "an empty process"
made = "import bearlumen; bearlumen.Client('sk_test_bench', base_url='http://127.0.0.1:9')"
figures = in_turns(
    {
        EMPTY: lambda: process("pass"),
        "import bearlumen": lambda: process("import bearlumen"),
        "import it and make a client": lambda: process(made),
        "import posthog": lambda: process("import posthog"),
        "import langfuse": lambda: process("import langfuse"),
    }
)
for name, millis in figures.items():
    tell(f"Python: {name}" + ("" if name == EMPTY else ", over it"), millis - (0 if name == EMPTY else figures[EMPTY]), "ms")
