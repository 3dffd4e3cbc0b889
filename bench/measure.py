"""Whole processes: how long each took, and the most memory it held at once."""

import os
import re
import subprocess
import tempfile
import threading
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


def run(command: Sequence[str], limits: Limits) -> Cost:
    """Run a process to its end, or to its limits; what it finds wrong (exit code 1) is no matter.

    Raises:
        SystemExit: if the process fails by itself.
    """
    kibibytes = str(int(limits.gibibytes * 2**20))
    limited = ["sh", "-c", 'ulimit -v "$0"; exec "$@"', kibibytes, *command]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(limited, cwd=ROOT, stdout=output, stderr=errors)
        timer = threading.Timer(limits.seconds, process.kill)
        timer.start()
        cost = wait(process, start)
        timer.cancel()
        output.seek(0)
        errors.seek(0)
        printed, told = output.read().decode(), errors.read().decode(errors="replace")
    if process.returncode in (0, 1) and "Traceback" not in told:
        return Cost(cost.seconds, cost.mebibytes, printed)
    if cost.seconds >= limits.seconds or "emory" in told[-2000:]:
        return Cost(cost.seconds, cost.mebibytes, ended=True)
    raise SystemExit(f"{command[:2]} failed with {process.returncode}:\n{told[-2000:]}")


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
