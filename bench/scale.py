"""Our data and a multiple of it: time, memory and how they grow, ours beside the peers'."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from prettytable import PrettyTable

from bench import programs
from bench.measure import ROOT, Cost, Limits, figure, least, run
from bench.multiply import multiply

OUT: Final = ROOT / "bench/out"
DEAR: Final = 20
"""Seconds from which on a process is run once."""

Command = Callable[[Path], list[str]]


def compare(times: int, runs: int, limits: Limits, *, check: bool) -> str:
    """A table of what one copy and N cost, and how to read it."""
    once, many = written(1), written(times)
    heads = ["what", "iisgraph ×1", f"iisgraph ×{times}", "growth"]
    heads += ["peer ×1", f"peer ×{times}", "peer growth", f"peer / iisgraph ×{times}"]
    table = PrettyTable(heads, align="r")
    table.align["what"] = "l"
    for what, ours, theirs in steps(check=check):
        costs = [
            measured(command(content), runs, limits)
            for command in (ours, theirs)
            for content in (once, many)
        ]
        table.add_rows(list(lines(what, times, costs)))
    return f"""{table}
growth: the cost of {times} copies over {times} times that of one; 1.0 is linear
>: more than, since the process was ended at {limits.seconds:.0f} s or {limits.gibibytes:.0f} GiB
least of {runs} runs of what takes less than {DEAR} s, a single run of all else"""


def written(times: int) -> Path:
    """The folder with so many copies, made anew."""
    folder = OUT / f"times-{times}"
    shutil.rmtree(folder, ignore_errors=True)
    return multiply(ROOT, times, folder)


def steps(*, check: bool) -> list[tuple[str, Command, Command]]:
    """What is measured: its name, ours, and the peer's."""
    loading = ("load to first answer (rdflib)", programs.our_answer, programs.rdflib_answer)
    checking = ("check (pySHACL: shapes alone)", programs.our_check, programs.pyshacl_check)
    return [loading, checking] if check else [loading]


def measured(command: list[str], runs: int, limits: Limits) -> Cost:
    """The cost of a program, run again only if it is quick."""
    first = run(command, limits)
    if first.ended or first.seconds >= DEAR or runs == 1:
        return first
    return least(lambda: run(command, limits), runs - 1, first)


def lines(what: str, times: int, costs: Sequence[Cost]) -> Iterator[list[str]]:
    """Lines for seconds, for memory, and for statements where the programs count them."""
    yield _line(f"{what}, s", times, costs, [cost.seconds for cost in costs], 2)
    yield _line(f"{what}, MiB", times, costs, [cost.mebibytes for cost in costs], 0)
    counts = [float(cost.statements) for cost in costs]
    if any(counts):
        yield _line("statements", times, costs, counts, 0)


def _line(
    what: str, times: int, costs: Sequence[Cost], values: Sequence[float], digits: int
) -> list[str]:
    shown = [
        figure(value, ended=cost.ended, digits=digits)
        for cost, value in zip(costs, values, strict=True)
    ]
    ours, ours_many, theirs, theirs_many = zip(values, costs, strict=True)
    return [
        what,
        *shown[:2],
        _ratio(ours_many, ours, times),
        *shown[2:],
        _ratio(theirs_many, theirs, times),
        _ratio(theirs_many, ours_many),
    ]


def _ratio(over: tuple[float, Cost], under: tuple[float, Cost], times: int = 1) -> str:
    """How many times as much; nothing can be said over a process that was ended."""
    if under[1].ended or not under[0] or not over[0]:
        return ""
    return figure(over[0] / (times * under[0]), ended=over[1].ended, digits=1)
