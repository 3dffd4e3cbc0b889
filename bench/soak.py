"""A long mix of good and bad requests to a server on this machine: right answers, flat memory.

    python -m bench.soak [--requests 1000000] [--minutes 90] [--size 20000]
    python -m bench.soak --url http://127.0.0.1:8000/sparql --pid 1234

Starts a server of its own, unless it is given one. Exit code 0 if every answer was
right and memory did not grow, else 1. Ends by itself.
"""

import argparse
import hashlib
import http.client
import itertools
import json
import random
import re
import socket
import sys
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Final

from bench import servers
from bench.analyst import PREFIX, QUERIES
from bench.load import ACCEPT
from bench.servers import OUT, members, proportional
from bench.world import NAMESPACE, World

THREADS: Final = 8
SAMPLES: Final = 60
GROWTH: Final = 1.15
"""How many times as much memory the last part of the run may take as its first part."""
BUSY: Final = 0.02
"""The part of good requests that may be told to come again."""
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded", "Accept": ACCEPT}
TEXT: Final = {"Content-Type": "application/sparql-query", "Accept": ACCEPT}
HEAVY: Final = "SELECT (COUNT(?c) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?i) }"


@dataclass(frozen=True)
class Kind:
    """One kind of request: how often, how it is sent, and the states it may end in."""

    name: str
    weight: float
    method: str
    queries: Sequence[str]
    headers: dict[str, str]
    expected: tuple[int, ...]


def kinds() -> list[Kind]:
    """All kinds of requests; the weights are parts of a thousand."""
    light = [f"SELECT ?p ?o {{ <{NAMESPACE}state/{n}> ?p ?o }}" for n in range(190)]
    joins = [
        f"{PREFIX}SELECT ?t ?d {{ <{NAMESPACE}document/{n}> :topic ?t ; :issued ?d }}"
        for n in range(200)
    ]
    names = ("q02", "q03", "q04", "q05", "q06", "q07", "q08", "q10", "q15", "q19", "q20", "q22")
    medium = [text for name, text in QUERIES.items() if name[:3] in names]
    broken = ["SELECT ?s {", "ASK { ?s ?p }", "SELEKT * {}", "ASK { ?x nope:y 1 }", "\\", "{}" * 9]
    update = ["INSERT DATA { <urn:a> <urn:b> 1 }", "DROP ALL"]
    outside = ["ASK { SERVICE <http://127.0.0.1:9/> { } }", "ASK FROM <http://127.0.0.1:9/> {}"]
    deep = ["ASK " + "{" * 5000 + "}" * 5000, "ASK { FILTER(" + "(" * 5000 + "1" + ")" * 5001 + "}"]
    huge = ["ASK { VALUES ?x { " + "1 " * 900_000 + "} }"]
    return [
        Kind("light", 520, "GET", light, {"Accept": ACCEPT}, (200,)),
        Kind("joins", 200, "POST", joins, TEXT, (200,)),
        Kind("form", 60, "POST", light, FORM, (200,)),
        Kind("medium", 40, "GET", medium, {"Accept": ACCEPT}, (200,)),
        Kind("csv", 40, "GET", joins, {"Accept": "text/csv"}, (200,)),
        Kind("broken", 60, "GET", broken, {"Accept": ACCEPT}, (400,)),
        Kind("update", 15, "POST", update, TEXT, (400, 403)),
        Kind("outside", 15, "POST", outside, TEXT, (400, 403)),
        Kind("deep", 5, "POST", deep, TEXT, (200, 400, 403, 503)),
        Kind("huge", 1, "POST", huge, TEXT, (413,)),
        Kind("method", 15, "DELETE", light, {}, (405,)),
        Kind("format", 10, "GET", light, {"Accept": "image/png"}, (406,)),
        Kind("cancelled", 15, "CANCEL", medium, {"Accept": ACCEPT}, ()),
        Kind("heavy", 0.05, "POST", [HEAVY], TEXT, (503,)),
    ]


def main(argv: Sequence[str] | None = None) -> None:
    """Ask, look at answers and memory, and say what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, default=90, help="the longest it may take")
    parser.add_argument("--size", type=int, default=20_000, help="statements of its own server")
    parser.add_argument("--url", help="SPARQL endpoint of a running server, on this machine")
    parser.add_argument("--pid", type=int, help="the process that leads that server's session")
    options = parser.parse_args(argv)
    OUT.mkdir(exist_ok=True)
    with ExitStack() as stack:
        url, leader = options.url, options.pid
        if not url:
            data = OUT / f"world-{options.size}.nt"
            if not data.exists():
                World(options.size).write(data)
            server = servers.ours(data, stack, IISGRAPH_QUERY_SECONDS="1")
            url, leader = server.endpoint, server.process.pid
        if urllib.parse.urlsplit(url).hostname not in LOOPBACK:
            raise SystemExit("only a server on this machine is put under load")
        soak = Soak(url, options.requests, options.minutes * 60)
        soak.learn()
        soak.run(leader)
    sys.exit(soak.report())


class Soak:
    """The run: what is asked, what is known of the answers, and what was seen."""

    def __init__(self, url: str, requests: int, seconds: float) -> None:
        self.address = urllib.parse.urlsplit(url)
        self.left = itertools.count()
        self.requests = requests
        self.until = time.monotonic() + seconds
        self.kinds = kinds()
        self.known: dict[tuple[str, str], str] = {}
        self.seen: Counter[str] = Counter()
        self.faults: list[str] = []
        self.memory: list[float] = []
        self.running = True

    # ------------------------------------------------------------ asking

    def learn(self) -> None:
        """Ask all good queries twice, one at a time: the same must come each time."""
        connection = self._connect()
        for kind in self.kinds:
            for query in kind.queries if kind.expected == (200,) else ():
                answers = {self._answer(connection, kind, query) for _ in range(2)}
                status, digest = next(iter(answers))
                if len(answers) > 1 or status != 200:
                    raise SystemExit(f"not the same twice, or not 200: {kind.name}: {query}")
                self.known[kind.name, query] = digest

    def run(self, leader: int | None) -> None:
        """Ask from several threads, and watch the memory."""
        threads = [threading.Thread(target=self._thread, args=(n,)) for n in range(THREADS)]
        for thread in threads:
            thread.start()
        pause = 1.0
        while any(thread.is_alive() for thread in threads):
            if leader:
                self.memory.append(sum(map(proportional, members(leader))) / 1024)
            if len(self.memory) > 2 * SAMPLES:
                self.memory, pause = self.memory[::2], pause * 2
            done = sum(self.seen.values())
            print(f"\r{done:,} of {self.requests:,}", end="", file=sys.stderr, flush=True)
            threads[0].join(pause)
        print(file=sys.stderr)

    def _thread(self, number: int) -> None:
        chance = random.Random(number)
        connection = self._connect()
        weights = [kind.weight for kind in self.kinds]
        while self.running and next(self.left) < self.requests and time.monotonic() < self.until:
            (kind,) = chance.choices(self.kinds, weights)
            query = chance.choice(kind.queries)
            if kind.method == "CANCEL":
                self._cancel(kind, query)
                self.seen["cancelled"] += 1
                continue
            try:
                status, digest = self._answer(connection, kind, query)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                self._judge_broken(kind, error)
            else:
                self._judge(kind, query, status, digest)

    def _answer(
        self, connection: http.client.HTTPConnection, kind: Kind, query: str
    ) -> tuple[int, str]:
        path, body = self.address.path, None
        encoded = urllib.parse.urlencode({"query": query})
        if kind.headers is FORM:
            body = encoded
        elif kind.headers is TEXT:
            body = query
        else:
            path = f"{path}?{encoded}"
        for attempt in (1, 2):  # a connection that was idle may have been closed meanwhile
            try:
                connection.request(kind.method, path, body, kind.headers)
                response = connection.getresponse()
                return response.status, _digest(response.read())
            except (http.client.RemoteDisconnected, ConnectionError):
                connection.close()
                if attempt == 2:
                    raise
        raise AssertionError

    def _cancel(self, kind: Kind, query: str) -> None:
        """Send a request and hang up without waiting for the answer."""
        path = f"{self.address.path}?{urllib.parse.urlencode({'query': query})}"
        place = (self.address.hostname or "", self.address.port or 80)
        with suppress(OSError), socket.create_connection(place, timeout=10) as wire:
            accept = kind.headers["Accept"]
            head = f"GET {path} HTTP/1.1\r\nHost: {self.address.netloc}\r\nAccept: {accept}\r\n\r\n"
            wire.sendall(head.encode())

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.address.netloc, timeout=60)

    # ------------------------------------------------------------ judging

    def _judge(self, kind: Kind, query: str, status: int, digest: str) -> None:
        self.seen[f"{kind.name} {status}"] += 1
        if status == 503 and 200 in kind.expected:
            return  # counted in the report
        if status not in kind.expected:
            self._fault(f"{kind.name}: {status}: {query[:200]}")
        elif status == 200 and self.known.get((kind.name, query), digest) != digest:
            self._fault(f"{kind.name}: another answer: {query[:200]}")

    def _judge_broken(self, kind: Kind, error: Exception) -> None:
        """A server may hang up on what is too large; on nothing else."""
        self.seen[f"{kind.name} hung up"] += 1
        if kind.name != "huge":
            self._fault(f"{kind.name}: {type(error).__name__}: {error}")

    def _fault(self, text: str) -> None:
        self.faults.append(text)
        if len(self.faults) >= 20:
            self.running = False

    def report(self) -> int:
        """Print what was seen; 0 if all was well."""
        for name, count in sorted(self.seen.items()):
            print(f"{count:>9,}  {name}")
        good = {kind.name for kind in self.kinds if kind.expected == (200,)}
        parts = Counter[bool]()
        for name, count in self.seen.items():
            if name.split()[0] in good:
                parts[name.endswith(" 503")] += count
        busy = parts[True] / max(1, parts.total())
        print(f"told to come again: {busy:.2%} of good requests (at most {BUSY:.0%})")
        for fault in self.faults:
            print(f"FAULT {fault}")
        grown = self._growth()
        done = sum(self.seen.values())
        print(f"{done:,} requests, {len(self.faults)} faults, memory × {grown:.2f}")
        return int(bool(self.faults) or grown > GROWTH or busy > BUSY or done < self.requests)

    def _growth(self) -> float:
        """The median of the last fifth of samples by that of the second fifth."""
        if len(self.memory) < 10:
            return 1.0
        fifth = len(self.memory) // 5
        early = sorted(self.memory[fifth : 2 * fifth])
        late = sorted(self.memory[-fifth:])
        shown = " ".join(f"{each:.0f}" for each in self.memory[:: max(1, len(self.memory) // 20)])
        print(f"memory in MiB: {shown}")
        return late[fifth // 2] / early[fifth // 2]


def _digest(body: bytes) -> str:
    """An answer in short; rows count as a set, for no order is promised."""
    if body[:1] == b"{" and b'"bindings"' in body[:2000]:
        with suppress(ValueError, KeyError):
            rows = json.loads(body)["results"]["bindings"]
            body = "\n".join(sorted(json.dumps(row, sort_keys=True) for row in rows)).encode()
    elif not body.startswith((b"{", b"<")):
        body = b"\n".join(sorted(re.split(rb"\r?\n", body)))
    return hashlib.sha256(body).hexdigest()


if __name__ == "__main__":
    main()
