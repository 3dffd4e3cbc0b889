"""Our validator beside pySHACL and two others from PyPI, on the same data, in one run.

    python -m bench.check [--sizes 20000,200000] [--peers pyshacl,pyshifty,shacl-rust]
    python -m bench.check --sizes 2000000,10000000 --peers ""

Each validator reads the files and judges them in a process of its own, with the 15
shapes of `gathered.ttl` that have targets, once with their four queries and once
without. Tells the seconds of reading and judging, apart where a validator lets them be
told apart, how many times ours they are, memory of the process, and how many results
differ from ours.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prettytable import PrettyTable

from bench import gathered
from bench.measure import Cost, Limits, run
from bench.servers import OUT, PEERS

_TOLD: Final = """
print(json.dumps({"read": read - start, "judged": judged - read, "results": results}))
"""
_TOLD_WHOLE: Final = """
print(json.dumps({"whole": judged - start, "results": results}))
"""
_START: Final = "import json, sys, time\nstart = time.perf_counter()\n"
_OF_GRAPH: Final = """
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
results = [
    [str(report.value(node, SH.focusNode)), str(report.value(node, SH.sourceConstraintComponent))]
    for node in report.subjects(rdflib.RDF.type, SH.ValidationResult)
    if (None, SH.result, node) in report
]
"""
_OURS: Final = f"""from iisgraph.engine import Document
from iisgraph.shacl import Data, validate
{_START}
data = Data(Document(sys.argv[1], "text/turtle", "urn:base/"))
shapes = list(Document(sys.argv[2], "text/turtle", "urn:base/"))
read = time.perf_counter()
report = validate(data, shapes)
judged = time.perf_counter()
results = [[r.focus.value, r.component.value] for r in report.results]
{_TOLD}"""
_PYSHACL: Final = f"""import pyshacl, rdflib
{_START}
data, shapes = rdflib.Graph().parse(sys.argv[1]), rdflib.Graph().parse(sys.argv[2])
read = time.perf_counter()
_, report, _ = pyshacl.validate(data, shacl_graph=shapes)
judged = time.perf_counter()
{_OF_GRAPH}{_TOLD}"""
_PYSHIFTY: Final = f"""import rdflib, shifty
from pathlib import Path
{_START}
_, report, _ = shifty.validate(Path(sys.argv[1]), Path(sys.argv[2]), infer=False)
judged = time.perf_counter()
{_OF_GRAPH}{_TOLD_WHOLE}"""
_SHACL_RUST: Final = f"""import shacl_rust
{_START}
report = shacl_rust.validate(
    open(sys.argv[1]).read(), open(sys.argv[2]).read(), experimental_index=True
)
judged = time.perf_counter()
results = [[r["focusNode"], r["sourceConstraintComponent"]] for r in report["results"]]
{_TOLD_WHOLE}"""

_PROGRAMS: Final = {
    "iisgraph": (sys.executable, _OURS),
    "pyshacl": (sys.executable, _PYSHACL),
    "pyshifty": (str(PEERS / "bin" / "python"), _PYSHIFTY),
    "shacl-rust": (str(PEERS / "bin" / "python"), _SHACL_RUST),
}


@dataclass(frozen=True)
class Judged:
    """What came of one validator: seconds, memory, and (focus, component) of each result.

    `read` and `judged` are None where a validator reads by itself, or did not end.
    """

    cost: Cost
    whole: float
    read: float | None = None
    judged: float | None = None
    results: Counter[tuple[str, str]] | None = None


def main(argv: Sequence[str] | None = None) -> None:
    """Write the data, run the validators, print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="20000,200000", help="statements, with commas")
    parser.add_argument("--peers", default="pyshacl,pyshifty,shacl-rust", help="with commas")
    parser.add_argument("--faults", type=int, default=3, help="of each kind")
    parser.add_argument("--seconds", type=float, default=300, help="that one may take")
    options = parser.parse_args(argv)
    OUT.mkdir(exist_ok=True)
    names = ["iisgraph", *filter(None, options.peers.split(","))]
    _install(names)
    for size in map(int, options.sizes.split(",")):
        data = OUT / f"gathered-{size}-{options.faults}.ttl"
        if not data.exists():
            gathered.write(data, size, options.faults)
        for what, shapes in _shapes().items():
            found = {name: _judge(name, data, shapes, options.seconds) for name in names}
            _show(f"{size:,} statements, {what}", found)


def _install(names: Sequence[str]) -> None:
    """Put the peers into an environment of their own, if they are missing there."""
    wanted = [name for name in names if name in ("pyshifty", "shacl-rust")]
    if wanted:
        if not PEERS.exists():
            subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
        pip = [str(PEERS / "bin" / "pip"), "install", "--quiet", "rdflib", *wanted]
        subprocess.run(pip, check=True)


def _shapes() -> dict[str, Path]:
    plain = OUT / "gathered-core.ttl"
    plain.write_text(gathered.core(gathered.SHAPES.read_text("utf-8")), "utf-8")
    return {"4 queries": gathered.SHAPES, "no query": plain}


def _judge(name: str, data: Path, shapes: Path, seconds: float) -> Judged:
    python, program = _PROGRAMS[name]
    cost = run([python, "-c", program, str(data), str(shapes)], Limits(seconds, 20))
    if cost.ended:
        return Judged(cost, cost.seconds)
    told = json.loads(cost.output.splitlines()[-1])
    pairs = Counter((focus.strip("<>"), part.strip("<>")) for focus, part in told["results"])
    read, judged = told.get("read"), told.get("judged")
    whole = told.get("whole") or read + judged
    return Judged(cost, whole, read, judged, pairs)


def _show(title: str, found: dict[str, Judged]) -> None:
    ours = found["iisgraph"]
    heads = ["validator", "read s", "judged s", "× ours", "both s", "× ours ", "MiB"]
    table = PrettyTable([*heads, "results", "not ours", "ours alone"], align="r")
    table.align["validator"] = "l"
    for name, each in found.items():
        bound = "> " if each.results is None else ""
        row = [name, _told(each.read), _told(each.judged), _times(each.judged, ours.judged)]
        row += [bound + _told(each.whole), bound + _times(each.whole, ours.whole)]
        row += [f"{each.cost.mebibytes:.0f}"]
        if each.results is None or ours.results is None:
            row += ["", "", ""]
        else:
            row += [str(each.results.total()), str((each.results - ours.results).total())]
            row += [str((ours.results - each.results).total())]
        table.add_row(row)
    print(f"\n{title}\n{table}", flush=True)


def _told(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.2f}"


def _times(seconds: float | None, ours: float | None) -> str:
    return "" if seconds is None or ours is None else f"{seconds / ours:.1f}"


if __name__ == "__main__":
    main()
