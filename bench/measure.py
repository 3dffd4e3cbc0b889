"""Whole processes: how long each took, and the most memory it held at once."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
MIB: Final = 2**10  # the kernel tells memory in KiB


@dataclass(frozen=True)
class Limits:
    """What a process may take before it is ended."""

    seconds: float = 3600
    gibibytes: float = 18


@dataclass(frozen=True)
class Cost:
    """What a process took and printed; one that was ended took at least this."""

    seconds: float
    mebibytes: float
    output: str = ""
    ended: bool = False

    @property
    def statements(self) -> int:
        """The number that a program printed as `statements: N`, or 0."""
        found = re.search(r"^statements: ([0-9]+)$", self.output, re.MULTILINE)
        return int(found[1]) if found else 0


_LAUNCHER: Final = """
import json, resource, subprocess, sys, time
told, seconds, size, *command = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_AS, (int(size), int(size)))
start = time.perf_counter()
try:
    code = subprocess.run(command, timeout=float(seconds)).returncode
except subprocess.TimeoutExpired:
    code = None
taken = time.perf_counter() - start
with open(told, "w") as file:
    json.dump([taken, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, code], file)
"""
"""Starts a program from a small process: the kernel counts the memory of whoever starts one in."""


def run(command: Sequence[str], limits: Limits) -> Cost:
    """Run a program to its end, or to its limits; what it finds wrong (exit code 1) is no matter.

    Raises:
        SystemExit: if the program fails by itself.
    """
    size = str(int(limits.gibibytes * 2**30))
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "told")
        launcher = [sys.executable, "-c", _LAUNCHER, str(told), str(limits.seconds), size]
        done = subprocess.run(
            [*launcher, *command], cwd=ROOT, capture_output=True, text=True, check=True
        )
        seconds, kibibytes, code = json.loads(told.read_text(encoding="utf-8"))
    mebibytes = kibibytes / MIB
    if code in (0, 1) and "Traceback" not in done.stderr:
        return Cost(seconds, mebibytes, done.stdout)
    if code is None or "emory" in done.stderr[-2000:]:
        return Cost(seconds, mebibytes, ended=True)
    raise SystemExit(f"{command[:2]} failed with {code}:\n{done.stderr[-2000:]}")


def wait(process: "subprocess.Popen[bytes]", start: float) -> Cost:
    """Wait for a process; its memory is that of the largest process below it."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(time.perf_counter() - start, usage.ru_maxrss / MIB)


def least(measure: Callable[[], Cost], runs: int, first: Cost | None = None) -> Cost:
    """The least time and memory of so many runs and one before; what was ended is not repeated."""
    found = [first] if first else []
    for _ in range(runs):
        found.append(measure())
        if found[-1].ended:
            return found[-1]
    seconds = min(cost.seconds for cost in found)
    return Cost(seconds, min(cost.mebibytes for cost in found), found[-1].output)


def figure(value: float, *, ended: bool, digits: int = 2) -> str:
    """A figure for a table; of a process that was ended, only a bound is known."""
    return f"{'> ' if ended else ''}{value:.{digits}f}"
