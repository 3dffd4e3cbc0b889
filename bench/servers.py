"""Servers to measure: ours and its peers, started on the same data, and what they take."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Self

ROOT: Final = Path(__file__).parents[1]
OUT: Final = ROOT / "bench" / "out"
PEERS: Final = OUT / "peers"
PATIENCE: Final = 600.0
ANSWERS: Final = {
    "results": "application/sparql-results+json",
    "graph": "application/n-triples",
}
FIRST: Final = "ASK { ?s ?p ?o }"


@dataclass
class Server:
    """A running server: its endpoint, and the seconds from start to first answer."""

    name: str
    endpoint: str
    process: subprocess.Popen[bytes]
    seconds: float = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def url(self, sparql: str) -> str:
        """The address that answers a query."""
        return f"{self.endpoint}?{urllib.parse.urlencode({'query': sparql})}"

    def memory(self) -> float:
        """MiB of this server and its children; pages that they share count once."""
        return sum(map(proportional, members(self.process.pid))) / 1024


def ours(data: Path, stack: ExitStack, **settings: str) -> Server:
    """`iisgraph serve`, with a deadline that no measured query meets."""
    start = time.perf_counter()
    program = [sys.executable, "-c", "from iisgraph.cli import main; main()"]
    wished = {"IISGRAPH_QUERY_SECONDS": "120", "IISGRAPH_ANSWER_MEGABYTES": "512"} | settings
    log = (OUT / "iisgraph.log").open("w+b")
    process = _start([*program, "serve", "--port", "0", "--data", str(data)], log, wished)
    server = stack.enter_context(Server("iisgraph", "", process))
    for text in _growing(Path(log.name), process):
        if found := re.search(r"serving at (http://\S+/)", text):
            server.endpoint = f"{found[1]}sparql"
            break
    server.seconds = _answered(server, start)
    return server


def oxigraph(data: Path, stack: ExitStack, *, on_disk: bool = False) -> Server:
    """`oxigraph serve`: in memory, the data posted to it; or on disk, the data loaded before."""
    program, port = str(_peers() / "oxigraph"), free_port()
    start = time.perf_counter()
    options = ["--bind", f"127.0.0.1:{port}"]
    if on_disk:
        folder = OUT / f"oxigraph-{data.stem}"
        if not folder.exists():
            load = [program, "load", "--location", str(folder), "--file", str(data)]
            subprocess.run(load, check=True, capture_output=True)
            optimize = [program, "optimize", "--location", str(folder)]
            subprocess.run(optimize, check=True, capture_output=True)
        start = time.perf_counter()
        options += ["--location", str(folder)]
    process = _start([program, "serve", *options], subprocess.DEVNULL, {})
    name = "oxigraph (disk)" if on_disk else "oxigraph"
    server = stack.enter_context(Server(name, f"http://127.0.0.1:{port}/query", process))
    _wait_for(port, process)
    if not on_disk:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/store?default",
            data=data.read_bytes(),
            headers={"Content-Type": "application/n-triples"},
        )
        urllib.request.urlopen(request, timeout=PATIENCE).read()
    server.seconds = _answered(server, start)
    return server


def rdflib_endpoint(data: Path, stack: ExitStack) -> Server:
    """`rdflib-endpoint serve` with rdflib's own store."""
    program, port = str(_peers() / "rdflib-endpoint"), free_port()
    start = time.perf_counter()
    command = [program, "serve", "--host", "127.0.0.1", "--port", str(port), str(data)]
    process = _start(command, subprocess.DEVNULL, {})
    server = Server("rdflib-endpoint", f"http://127.0.0.1:{port}/", process)
    stack.enter_context(server)
    _wait_for(port, process)
    server.seconds = _answered(server, start)
    return server


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def members(leader: int) -> list[int]:
    """The living processes of the session that a process leads."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has gone meanwhile
        if int(fields[3]) == leader:
            found.append(int(folder.name))
    return found


def proportional(process: int) -> int:
    """KiB of a process; of a page that several share, its part."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)
    return int(found[1]) if found else 0


def _start(
    command: list[str], log: IO[bytes] | int, settings: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("IISGRAPH_")}
    source = f"{ROOT / 'src'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    return subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=log,
        env=clean | {"PYTHONPATH": source, "PYTHONUNBUFFERED": "1"} | dict(settings),
        start_new_session=True,
    )


def _growing(log: Path, process: subprocess.Popen[bytes]) -> Iterator[str]:
    """The text of a log, again and again while it grows."""
    while process.poll() is None:
        yield log.read_text(encoding="utf-8", errors="replace")
        time.sleep(0.005)
    raise SystemExit(f"the server ended before it served:\n{log.read_text()[-2000:]}")


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.01)
    raise SystemExit("a peer ended before it served")


def _answered(server: Server, start: float) -> float:
    """Ask until there is an answer; the seconds since the start."""
    request = urllib.request.Request(server.url(FIRST), headers={"Accept": ANSWERS["results"]})
    while time.perf_counter() - start < PATIENCE:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                assert b"true" in response.read().lower()
                return time.perf_counter() - start
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.01)
    raise SystemExit(f"{server.name} did not answer")


def _peers() -> Path:
    """Where the programs of the peers are; installed into a place of their own if missing."""
    if not (PEERS / "bin" / "rdflib-endpoint").exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
        wanted = ["oxigraph", "rdflib-endpoint", "uvicorn"]
        pip = [str(PEERS / "bin" / "pip"), "install", "--quiet", *wanted]
        subprocess.run(pip, check=True)
    return PEERS / "bin"
