"""What each binding adds to the core, as a table: `make bindings` writes it to docs/bindings.md.

Lines are those of code, without tests, comments and what is generated. Sizes are what is loaded, after gzip. Times are the
least of several rounds of costOf() on one response, each language in its own runtime, all in one run on one machine:
the ratios mean something, the microseconds do not.
"""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Callable, Optional

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
NPM = ROOT / "target/bindings/node_modules/@bearlumen/node-sdk"
UNIFFI = ROOT / "bindings-uniffi"
EDGE = (".web.ts", ".workerd.ts", ".edge-light.ts")


def code_lines(folder: str, ending: str, keep: Callable[[str], bool] = lambda name: True) -> int:
    """Lines that say something."""
    listed = subprocess.run(["git", "ls-files", folder], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    total = 0
    for name in listed.splitlines():
        if not name.endswith(ending) or "/test" in name or not keep(name):
            continue
        text = (ROOT / name).read_text("utf-8")
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S) if not ending.endswith((".py", ".rb")) else re.sub(r'""".*?"""', "", text, flags=re.S)
        comment = ("#",) if ending.endswith((".py", ".rb")) else ("//",)
        text = text.split("#[cfg(test)]")[0]
        total += sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith(comment))
    return total


def gzipped(*files: Path) -> Optional[int]:
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) if files and all(file.exists() for file in files) else None


def nanos(*command: str, env: Optional[dict[str, str]] = None) -> Optional[float]:
    """What a program says on its last line; nothing where it cannot run."""
    return figures(*command, env=env)[-1]


def figures(*command: str, env: Optional[dict[str, str]] = None) -> list[Optional[float]]:
    """The same of all its lines."""
    try:
        run = subprocess.run(command, cwd=ROOT, env={**os.environ, "BENCH_RESPONSE": RESPONSE, **(env or {})}, capture_output=True, text=True, timeout=120, check=True)
        return [float(line) for line in run.stdout.split()] or [None]
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        print(f"not measured: {' '.join(command)[:90]}: {error}", file=sys.stderr)
        return [None]


def sample() -> str:
    text = (ROOT / "bench/src/sample.rs").read_text("utf-8")
    found = re.search(r'RESPONSE: &str = r#"(.*?)"#', text, re.S)
    assert found, "bench/src/sample.rs has no RESPONSE"
    return found.group(1)


def core_nanos() -> Optional[float]:
    run = subprocess.run(["cargo", "run", "--quiet", "--release", "--package", "bearlumen-bench", "response"], cwd=ROOT, capture_output=True, text=True, check=False)
    found = re.search(r"as the SDKs do\)\s+([\d.]+) ns", run.stdout)
    return float(found.group(1)) if found else None


def jars() -> str:
    """What the Kotlin package needs to run, as Maven has it."""
    home = Path.home() / ".m2/repository"
    wanted = ("org/jetbrains/kotlin/kotlin-stdlib", "net/java/dev/jna/jna", "org/jetbrains/kotlinx/kotlinx-coroutines-core-jvm")
    found = [jar for name in wanted for jar in sorted((home / name).rglob("*.jar"))[-1:]]
    return os.pathsep.join([str(UNIFFI / "kotlin/target/classes"), *map(str, found)])


RESPONSE = sample()


def main() -> None:
    wheel = next((ROOT / "target/wheels").glob("*.whl"), ROOT / "none")
    addon = next((NPM / "native").glob("*.node"), ROOT / "none")
    edge = NPM / "dist/edge"
    gem = ROOT / "target/ruby/bearlumen.gem"
    library = ROOT / "target/release/libbearlumen_uniffi.so"
    shared = code_lines("bindings-node/shared", ".rs")
    uniffi = code_lines("bindings-uniffi/src", ".rs")
    is_edge = lambda name: name.endswith(EDGE)
    ts = code_lines("bindings-node/src", ".ts", lambda name: not is_edge(name))
    ts_edge = code_lines("bindings-node/src", ".ts", is_edge)
    javascript = [path for path in (NPM / "dist").rglob("*.js") if "edge" not in path.parts] if NPM.exists() else []
    ruby = ["ruby", str(HERE / "price.rb")]
    gems = {"GEM_PATH": f"{ROOT / 'target/ruby'}:" + subprocess.run(["ruby", "-e", "print Gem.path.join(':')"], capture_output=True, text=True, check=False).stdout}
    core = core_nanos()
    *first, chromium = figures("node", str(HERE / "edge.mjs"), "chromium")
    rows = [
        ("Rust (the core itself)", "", "", None, core),
        ("Python", code_lines("bindings-python/src", ".rs"), code_lines("bindings-python/python", ".py"), wheel.stat().st_size if wheel.exists() else None, nanos(str(ROOT / "target/python/bin/python"), str(HERE / "price.py"))),
        ("Node.js", f"{code_lines('bindings-node/src', '.rs')} + {shared} shared", ts, gzipped(addon, *javascript), nanos("node", str(HERE / "price.mjs"), env={"BENCH_SDK": str(NPM / "dist/index.mjs")})),
        ("workerd", f"{code_lines('bindings-node/wasm', '.rs')} + the same", f"{ts_edge} beside the same", gzipped(edge / "workerd.mjs", edge / "bearlumen.wasm"), nanos("node", str(HERE / "edge.mjs"), "workerd")),
        ("Chromium", "the same", "the same", gzipped(edge / "inline.mjs"), chromium),
        ("Kotlin and Java", f"{uniffi} shared", code_lines("bindings-uniffi/kotlin/src/main", ".kt"), gzipped(library), nanos("java", "-cp", jars(), str(HERE / "Price.java"))),
        ("Ruby", "the same", code_lines("bindings-uniffi/ruby/lib", ".rb"), gem.stat().st_size if gem.exists() else None, nanos(*ruby, env=gems)),
        ("Swift", "the same", code_lines("bindings-uniffi/swift/Sources", ".swift"), None, None),
    ]
    print(PAGE.format(rows="\n".join(row(core, *values) for values in rows), first=first_call(first)))


def first_call(first: list[Optional[float]]) -> str:
    return "".join(f" In Chromium the first\n`costOf()` is there {time / 1e6:.0f} ms after the module is." for time in first if time is not None)


def row(core: Optional[float], name: str, rust: object, own: object, size: Optional[int], time: Optional[float]) -> str:
    kilobytes = "" if size is None else f"{size / 1000:,.0f} KB"
    micros = "" if time is None else f"{time / 1000:.1f}"
    ratio = "" if time is None or core is None or time == core else f"{time / core:.1f} x"
    return f"| {name} | {rust} | {own} | {kilobytes} | {micros} | {ratio} |"


PAGE = """# What each binding adds

One core prices for every language. `tests/vectors/bytes/` holds responses and the JSON of their cost as text; the tests of
Rust, Python, Node, workerd, Chromium, Vercel's edge runtime, Deno, Bun, Kotlin and Ruby each compare their own JSON with it
byte for byte.

`make bindings` writes this page. Lines are code without tests, comments and what is generated; sizes are what is
loaded, compressed, on this platform; microseconds are one `costOf()` of an OpenAI response of 0.8 KB as text, to an
object of the language, the least of several rounds. All rows are of one run on one machine: compare them with each other only.

| | lines of Rust | of its own language | size | us a call | beside the core |
|---|---|---|---|---|---|
{rows}

Node's and the edge's lines share `bindings-node/shared` and the TypeScript; Kotlin, Java, Ruby and Swift share the facade in
`bindings-uniffi/src`. What UniFFI and wasm-bindgen generate is not counted. Swift is not measured: it needs its toolchain.{first}"""

main()
