"""Time what a user waits for, each beside plain rdflib doing the same, in one run.

    python -m bench [--runs N]

Every figure is the least of N runs, whole processes, taken in turn. Compare the
ratios, not the seconds: machines differ, and their load too.
"""

import argparse
import os
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from prettytable import PrettyTable

ROOT = Path(__file__).parents[1]
QUERY = "SELECT (COUNT(*) AS ?n) WHERE { ?s a <https://w3id.org/iisgraph/def/State> }"

RDFLIB_LOAD = """
import pathlib, rdflib
graph = rdflib.Graph()
for folder in ("ontology", "data"):
    for path in sorted(pathlib.Path(folder).rglob("*.ttl")):
        graph.parse(path)
"""
RDFLIB_SERVE = (
    RDFLIB_LOAD
    + """
import flask, sys
from werkzeug.serving import make_server
app = flask.Flask("plain")
def answer():
    return graph.query(flask.request.args["query"]).serialize(format="json")
app.add_url_rule("/sparql", "sparql", answer)
server = make_server("127.0.0.1", 0, app)
print(f"serving at http://127.0.0.1:{server.port}/", file=sys.stderr, flush=True)
server.serve_forever()
"""
)
RDFLIB_CHECK = (
    RDFLIB_LOAD
    + """
import pyshacl
shapes = rdflib.Graph()
for path in sorted(pathlib.Path("ontology/shapes").glob("*.ttl")):
    shapes.parse(path)
pyshacl.validate(graph, shacl_graph=shapes)
"""
)
OURS_LOAD = "import iisgraph; len(iisgraph.open())"


def main() -> None:
    """Run every pair and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    table = PrettyTable(["what", "iisgraph s", "plain rdflib s", "rdflib / iisgraph"], align="r")
    table.align["what"] = "l"
    for what, ours, theirs in pairs():
        times = [(ours(), theirs()) for _ in range(runs)]
        mine, other = (min(column) for column in zip(*times, strict=True))
        table.add_row([what, f"{mine:.2f}", f"{other:.2f}", f"{other / mine:.1f}"])
    print(table)


def pairs() -> list[tuple[str, Callable[[], float], Callable[[], float]]]:
    """What is timed: its name, ours, and the peer's."""
    python = [sys.executable, "-c"]
    ours = [sys.executable, "-c", "from iisgraph.cli import main; main()"]
    return [
        (
            "load the data (iisgraph: with rules and merged graph)",
            lambda: whole([*python, OURS_LOAD]),
            lambda: whole([*python, RDFLIB_LOAD]),
        ),
        (
            "serve: start to first answer over HTTP",
            lambda: first_answer([*ours, "serve", "--port", "0"]),
            lambda: first_answer([*python, RDFLIB_SERVE]),
        ),
        (
            "check (iisgraph: also layout, terms, literals, house rules)",
            lambda: whole([*ours, "check"]),
            lambda: whole([*python, RDFLIB_CHECK]),
        ),
    ]


def whole(command: list[str]) -> float:
    """Seconds of a whole process."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{command[:3]} failed:\n{done.stderr[-2000:]}")
    return taken


def first_answer(command: list[str]) -> float:
    """Seconds from the start of a server to the end of its first answer."""
    start = time.perf_counter()
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert server.stderr
        for line in server.stderr:
            if address := re.search(r"http://\S+/", line):
                break
        else:
            raise SystemExit(f"{command[:3]} ended before it served")
        query = urllib.parse.urlencode({"query": QUERY})
        with urllib.request.urlopen(f"{address[0]}sparql?{query}", timeout=60) as response:
            assert b'"195"' in response.read()
        return time.perf_counter() - start
    finally:
        server.terminate()
        server.wait(30)


if __name__ == "__main__":
    main()
