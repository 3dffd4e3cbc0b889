"""Our server beside `oxigraph serve` and rdflib-endpoint, on the same data, in one run.

    python -m bench.serve [--size 100000] [--seconds 5] [--runs 5] [--only light,analyst,…]
    python -m bench.serve --size 1000000 --peers oxigraph,disk

oxigraph keeps its data in memory, as we do; `disk` is oxigraph as it is mostly run.

Prints ratios, with the targets beside them; machines differ, and their load too.
What is asked is new to every server each time (a comment makes it so), except where
it says "repeated".
"""

import argparse
import json
import math
import statistics
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from prettytable import PrettyTable

from bench import servers
from bench.analyst import PREFIX, QUERIES
from bench.load import Connection, flood
from bench.servers import ANSWERS, OUT, Server
from bench.world import NAMESPACE, World

SECTIONS: Final = ("light", "heavy", "download", "analyst")
HEAVY: Final = "q12 agreement of votes"
DOWNLOAD: Final = "q18 100,000 rows"
SLOW: Final = 5.0
"""Milliseconds of oxigraph from which on a single query must keep up with it."""
UNBEARABLE: Final = 30.0
"""Seconds after which an answer of rdflib-endpoint is no longer waited for."""

Row = tuple[str, dict[str, float], str]
"""What was measured; per server, higher is better; the target against oxigraph."""


def main(argv: Sequence[str] | None = None) -> None:
    """Start the servers, measure, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=100_000, help="statements of the data")
    parser.add_argument("--seconds", type=float, default=5, help="of each flood of requests")
    parser.add_argument("--runs", type=int, default=5, help="of each analyst query")
    parser.add_argument("--only", default=",".join(SECTIONS), help="sections, with commas")
    parser.add_argument("--peers", default="oxigraph,rdflib", help="oxigraph, disk, rdflib")
    options = parser.parse_args(argv)
    OUT.mkdir(exist_ok=True)
    data = OUT / f"world-{options.size}.nt"
    if not data.exists():
        World(options.size).write(data)
    peers, only = options.peers.split(","), options.only.split(",")
    bench = Bench(data, options.seconds, options.runs, only)
    with ExitStack() as stack:
        quick = [servers.ours(data, stack)]
        if "oxigraph" in peers:
            quick.append(servers.oxigraph(data, stack))
        if "disk" in peers:
            quick.append(servers.oxigraph(data, stack, on_disk=True))
        bench.measure(quick)
    if "rdflib" in peers:
        bench.measure_slow()
    bench.show()


class Bench:
    """What is measured, and what came of it."""

    def __init__(self, data: Path, seconds: float, runs: int, only: Sequence[str]) -> None:
        self.data = data
        self.seconds = seconds
        self.runs = runs
        self.only = only
        self.rows: dict[str, Row] = {}
        self.found: dict[tuple[str, str], int] = {}

    # ------------------------------------------------------------ measuring

    def measure(self, group: Sequence[Server]) -> None:
        """Measure servers that stand side by side, each thing on one after the other."""
        for server in group:
            self._note("start to first answer (1/s)", server, 1 / server.seconds)
        if "light" in self.only:
            self._floods(group)
        if "heavy" in self.only:
            self._repeated(group)
        if "download" in self.only:
            self._times(DOWNLOAD, group, "100,000 rows (1/s)")
        if "analyst" in self.only:
            for name in QUERIES:
                self._times(name, group, name)
        for server in group:
            self._note("memory (1/MiB)", server, 1 / server.memory())

    def measure_slow(self) -> None:
        """Measure rdflib-endpoint alone: a query given up goes on, so it is started again."""
        with ExitStack() as stack:
            server = servers.rdflib_endpoint(self.data, stack)
            self._note("start to first answer (1/s)", server, 1 / server.seconds)
            if "light" in self.only:
                self._floods([server])
            self._note("memory (1/MiB)", server, 1 / server.memory())
            for name in QUERIES if "analyst" in self.only else ():
                if not self._once(name, server):
                    server.__exit__()
                    server = servers.rdflib_endpoint(self.data, stack)

    def _floods(self, group: Sequence[Server]) -> None:
        one = QUERIES["q01 point look-up"]
        many = [
            f"{PREFIX}SELECT ?title ?topic WHERE {{ <{NAMESPACE}document/{n}> :title ?title ; "
            f":topic ?topic }}"
            for n in range(2000)
        ]
        for server in group:
            for what, queries, distinct, target in (
                ("light repeated", [one], False, "1.2; rdflib ≥ 5"),
                ("light distinct", many, True, "0.6; rdflib ≥ 5"),
            ):
                urls = [server.url(query) for query in queries]
                seen = flood(urls, self.seconds, OUT, distinct=distinct)
                if seen.failures:
                    raise SystemExit(f"{server.name} failed {seen.failures} times: {what}")
                self._note(f"{what} (requests/s)", server, seen.rate, target)
                self._note(f"{what}: p50 (1/ms)", server, 1 / seen.median)
                self._note(f"{what}: p99 (1/ms)", server, 1 / seen.slowest)

    def _repeated(self, group: Sequence[Server]) -> None:
        for server in group:
            connection = Connection(server.url(""))
            url = server.url(QUERIES[HEAVY])
            connection.get(url, ANSWERS["results"])
            until, times = time.perf_counter() + self.seconds, list[float]()
            while not times or time.perf_counter() < until:
                start = time.perf_counter()
                connection.get(url, ANSWERS["results"])
                times.append(time.perf_counter() - start)
            self._note("heavy repeated (1/s)", server, 1 / statistics.median(times), "100")

    def _times(self, name: str, group: Sequence[Server], what: str) -> None:
        """The median of some runs, the servers in turn."""
        connections = [Connection(server.url("")) for server in group]
        times: dict[str, list[float]] = {server.name: [] for server in group}
        for run in range(-1, self.runs):
            for server, connection in zip(group, connections, strict=True):
                url = server.url(f"{QUERIES[name]}\n#{run}-{time.time_ns()}")
                accept = ANSWERS["graph" if _makes_graph(name) else "results"]
                start = time.perf_counter()
                status, body = connection.get(url, accept)
                times[server.name].append(time.perf_counter() - start)
                self._check(name, server, status, body)
            if sum(map(sum, times.values())) > 60 and run >= 0:
                break
        for server in group:
            self._note(what, server, 1 / statistics.median(times[server.name][1:]))

    def _once(self, name: str, server: Server) -> bool:
        """One run with a limit; whether it kept within."""
        connection = Connection(server.url(""), timeout=UNBEARABLE)
        accept = ANSWERS["graph" if _makes_graph(name) else "results"]
        url = server.url(QUERIES[name])
        try:
            status, body = connection.get(url, accept)
            start = time.perf_counter()
            connection.get(url, accept)
            seconds = time.perf_counter() - start
        except TimeoutError:
            self._note(name, server, 1 / UNBEARABLE)
            return False
        self._check(name, server, status, body)
        self._note(name, server, 1 / seconds)
        return True

    def _check(self, name: str, server: Server, status: int, body: bytes) -> None:
        """Refuse to compare what is not the same answer."""
        if status != 200:
            raise SystemExit(f"{server.name} answered {name} with {status}: {body[:300]!r}")
        size = _size(name, body)
        known = self.found.setdefault((name, "size"), size)
        if size != known:
            print(f"{server.name} gave {size} for {name}, the first server {known}")

    # ------------------------------------------------------------ showing

    def _note(self, what: str, server: Server, value: float, target: str = "") -> None:
        self.rows.setdefault(what, (what, {}, target))[1][server.name] = value

    def show(self) -> None:
        """Print the table, and how the targets are met."""
        names = list(dict.fromkeys(name for _, values, _ in self.rows.values() for name in values))
        others = names[1:]
        ratios = [f"× {name}" for name in others]
        table = PrettyTable(["what", *names, *ratios, "target × oxigraph"], align="r")
        table.align["what"] = "l"
        for what, values, target in self.rows.values():
            mine = values.get("iisgraph", math.nan)
            shown = [_shown(what, values.get(name, math.nan)) for name in names]
            against = [_ratio(mine, values.get(name, math.nan)) for name in others]
            table.add_row([what, *shown, *against, target and f"≥ {target}"])
        for what, ratio, target in self._summary(others):
            table.add_row([what, *[""] * len(names), *ratio, target])
        print(f"{self.data.name}: queries in ms, the rest as it says; ratio > 1: iisgraph is ahead")
        print(table)

    def _summary(self, others: Sequence[str]) -> Iterable[tuple[str, list[str], str]]:
        """The 22 in geometric mean, and the worst of those that are slow on oxigraph."""
        asked = [self.rows[name][1] for name in QUERIES if name in self.rows]
        if not asked:
            return
        means, worst = [], []
        for other in others:
            pairs = [(row["iisgraph"], row[other]) for row in asked if other in row]
            logs = [math.log(mine / theirs) for mine, theirs in pairs]
            slow = [mine / theirs for mine, theirs in pairs if 1e3 / theirs > SLOW]
            means.append(f"{math.exp(statistics.fmean(logs)):.2f}" if logs else "")
            worst.append(f"{min(slow):.2f}" if slow and other != "rdflib-endpoint" else "")
        yield "the 22 queries, geometric mean", means, "≥ 1.4; rdflib ≥ 20"
        yield f"the worst of those over {SLOW:g} ms", worst, "> 0.67"


def _shown(what: str, value: float) -> str:
    if math.isnan(value):
        return ""
    if "(requests/s)" in what:
        return f"{value:,.0f}"
    if "MiB" in what or "/ms" in what:
        return f"{1 / value:,.2f}" + (" MiB" if "MiB" in what else " ms")
    if "start" in what:
        return f"{1 / value:.2f} s"
    return f"{1e3 / value:,.2f} ms"


def _ratio(mine: float, theirs: float) -> str:
    return "" if math.isnan(mine / theirs) else f"{mine / theirs:.2f}"


def _makes_graph(name: str) -> bool:
    return name.startswith(("q16", "q17"))


def _size(name: str, body: bytes) -> int:
    """How many rows or triples an answer has; of a DESCRIBE, that there is one."""
    if name.startswith("q17"):
        return int(bool(body.strip()))
    if _makes_graph(name):
        return len(set(body.splitlines()))
    return len(json.loads(body)["results"]["bindings"])


if __name__ == "__main__":
    main()
