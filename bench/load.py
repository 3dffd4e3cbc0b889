"""Requests as fast as a server answers them: by wrk where it is installed, else by threads."""

import http.client
import os
import re
import shutil
import subprocess
import threading
import time
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CONNECTIONS: Final = 8
ACCEPT: Final = "application/sparql-results+json"
_WRK_SCRIPT: Final = """
local paths = {}
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
local count, id, distinct = 0, 0, os.getenv("BENCH_DISTINCT") == "1"
local threads = 0
function setup(thread) thread:set("id", threads); threads = threads + 1 end
function request()
  count = count + 1
  local path = paths[(count * 7 + id * 13) % #paths + 1]
  if distinct then
    path = path .. "%0A%23" .. id .. "-" .. count .. "-" .. os.getenv("BENCH_RUN")
  end
  return wrk.format("GET", path)
end
"""
_UNITS: Final = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass(frozen=True)
class Flood:
    """What came of asking for some seconds: answers a second, latencies in ms, and failures."""

    rate: float
    median: float
    slowest: float
    failures: int


def flood(urls: Sequence[str], seconds: float, out: Path, *, distinct: bool = False) -> Flood:
    """Ask these addresses in turn; each time with a comment of its own, if `distinct`."""
    by = _by_wrk if shutil.which("wrk") else _by_threads
    by(urls, min(2.0, seconds), out, distinct=distinct)
    return by(urls, seconds, out, distinct=distinct)


def _by_wrk(urls: Sequence[str], seconds: float, out: Path, *, distinct: bool) -> Flood:
    parts = [urllib.parse.urlsplit(url) for url in urls]
    paths, script = out / "paths.txt", out / "wrk.lua"
    paths.write_text("".join(f"{part.path}?{part.query}\n" for part in parts))
    script.write_text(_WRK_SCRIPT)
    address = f"http://{parts[0].netloc}/"
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--latency"]
    command += ["--timeout", "60s", "-H", f"Accept: {ACCEPT}", "-s", str(script), address]
    run = str(time.time_ns())
    asked = {"BENCH_PATHS": str(paths), "BENCH_DISTINCT": str(int(distinct)), "BENCH_RUN": run}
    done = subprocess.run(
        command, env=os.environ | asked, capture_output=True, text=True, check=True
    )
    return Flood(
        float(_found(r"Requests/sec:\s+([\d.]+)", done.stdout)),
        _milliseconds(_found(r"\n\s+50%\s+(\S+)", done.stdout)),
        _milliseconds(_found(r"\n\s+99%\s+(\S+)", done.stdout)),
        int(_found(r"Non-2xx or 3xx responses: (\d+)", done.stdout, "0")),
    )


def _found(pattern: str, text: str, default: str | None = None) -> str:
    found = re.search(pattern, text)
    if found is None and default is None:
        raise SystemExit(f"wrk said what is not understood:\n{text}")
    return found[1] if found else str(default)


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(\w+)", text).groups()  # type: ignore[union-attr]
    return float(number) * _UNITS[unit]


def _by_threads(urls: Sequence[str], seconds: float, out: Path, *, distinct: bool) -> Flood:
    """The same with threads of this program, each with one connection kept open."""
    del out
    times: list[float] = []
    failures: list[int] = []
    until = time.perf_counter() + seconds

    def ask(number: int) -> None:
        connection = Connection(urls[0])
        count = number
        while time.perf_counter() < until:
            count += CONNECTIONS
            url = urls[count % len(urls)]
            url += f"%0A%23{count}-{time.time_ns()}" if distinct else ""
            start = time.perf_counter()
            status, _ = connection.get(url, ACCEPT)
            times.append(time.perf_counter() - start)
            failures.extend([status] if status >= 400 else [])

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    last = len(times) - 1
    middle, slow = times[last // 2], times[round(last * 0.99)]
    return Flood(len(times) / seconds, middle * 1e3, slow * 1e3, len(failures))


class Connection:
    """One connection to a server, kept open."""

    def __init__(self, url: str, timeout: float = 600.0) -> None:
        self._open = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=timeout)

    def get(self, url: str, accept: str) -> tuple[int, bytes]:
        """Status and body of an address; a connection closed for idleness is opened again."""
        parts = urllib.parse.urlsplit(url)
        path, headers = f"{parts.path}?{parts.query}", {"Accept": accept}
        try:
            self._open.request("GET", path, headers=headers)
            response = self._open.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            self._open.close()
            self._open.request("GET", path, headers=headers)
            response = self._open.getresponse()
        return response.status, response.read()

    def close(self) -> None:
        """Hang up."""
        self._open.close()
