"""Our own data: time and memory, ours beside the peers'."""

import os
import re
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence

from prettytable import PrettyTable

from bench import programs
from bench.measure import ROOT, Cost, Limits, figure, least, run, wait

Measure = Callable[[], Cost]


def compare(runs: int, limits: Limits) -> PrettyTable:
    """Every pair, in one table."""
    heads = ["what", "runs", "iisgraph s", "peer s", "peer / iisgraph"]
    table = PrettyTable([*heads, "iisgraph MiB", "peer MiB", "peer / iisgraph "], align="r")
    table.align["what"] = "l"
    for what, times, ours, theirs in pairs(runs, limits):
        mine, other = least(ours, times), least(theirs, times)
        table.add_row(
            [
                what,
                times,
                figure(mine.seconds, ended=mine.ended),
                figure(other.seconds, ended=other.ended),
                figure(other.seconds / mine.seconds, ended=other.ended, digits=1),
                figure(mine.mebibytes, ended=mine.ended, digits=0),
                figure(other.mebibytes, ended=other.ended, digits=0),
                figure(other.mebibytes / mine.mebibytes, ended=other.ended, digits=1),
            ]
        )
    return table


def pairs(runs: int, limits: Limits) -> list[tuple[str, int, Measure, Measure]]:
    """What is measured: its name, how often, ours, and the peer's."""
    return [
        (
            "load to first answer (iisgraph: with rules and merged graph; rdflib)",
            runs,
            lambda: run(programs.our_answer(ROOT), limits),
            lambda: run(programs.rdflib_answer(ROOT), limits),
        ),
        (
            "serve: start to first answer over HTTP (rdflib with Flask)",
            runs,
            lambda: first_answer(programs.our_server(ROOT)),
            lambda: first_answer(programs.rdflib_server(ROOT)),
        ),
        (
            "check (iisgraph: also layout, terms, literals, house rules; pySHACL)",
            1,
            lambda: run(programs.our_check(ROOT), limits),
            lambda: run(programs.pyshacl_check(ROOT), limits),
        ),
    ]


def first_answer(command: Sequence[str]) -> Cost:
    """From the start of a server to the end of its first answer."""
    start = time.perf_counter()
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, env=environment)
    try:
        assert server.stderr
        for line in server.stderr:
            if address := re.search(rb"http://\S+/", line):
                break
        else:
            raise SystemExit(f"{command[:3]} ended before it served")
        query = urllib.parse.urlencode({"query": programs.QUERY})
        with urllib.request.urlopen(f"{address[0].decode()}sparql?{query}", timeout=60) as response:
            assert b'"195"' in response.read()
        seconds = time.perf_counter() - start
    finally:
        server.terminate()
        used = wait(server, start)
    return Cost(seconds, used.mebibytes)
