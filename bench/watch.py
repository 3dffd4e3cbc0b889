"""A check that follows saves, beside the same check from the beginning.

    python -m bench.watch [--runs 5]

On a copy of the content files of each kind are saved, changed and as they were again. Told
are the medians of wall and processor time until the findings are there, that both find the
same, and how many times longer a check from the beginning takes.
Exit code 0 if a saved record is checked within the target.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from bench.measure import ROOT
from iisgraph import gate
from iisgraph.gate.following import FollowingCheck
from iisgraph.read import Content

TARGET: Final = 0.200
"""Seconds within which a saved record is checked."""


class Save(NamedTuple):
    """What is saved: a file, or the largest of a folder, with one text in place of another."""

    name: str
    place: str
    one: str
    other: str


SAVES: Final = (
    Save("a record", "data/records/official/sco-infoforum-2017.ttl", "2017-02-02", "2017-02-03"),
    Save("a record of 3,500 lines", "data/records/joint", "schema:startDate", "schema:endDate"),
    Save("the largest record, 16,000 lines", "data/records", "vote/yes", "vote/no"),
    Save("names and codes", "data/reference", '"@en', '"@fr'),
    Save("the ontology", "ontology/iis.ttl", '"@en', '"@fr'),
    Save("shapes", "ontology/shapes/events.ttl", "sh:minCount 1", "sh:minCount 2"),
    Save("a house rule", "ontology/checks/licence-unknown.rq", "iis:sourceKind", "?kind"),
)

_Result = TypeVar("_Result")


def main(arguments: Sequence[str]) -> int:
    """Measure and tell; 0 if the target is met."""
    parser = argparse.ArgumentParser(prog="bench.watch", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        for part in ("ontology", "data", "queries"):
            shutil.copytree(ROOT / part, Path(folder) / part)
        content = Content(Path(folder))
        check = FollowingCheck(content)
        whole = _timed(lambda: gate.check(content))
        first = _timed(check.findings)
        print(f"from the beginning: {whole[1]:.2f} s; followed, the first time: {first[1]:.2f} s\n")
        print("| saved | wall ms | processor ms | ratio | the same found |")
        print("| --- | --- | --- | --- | --- |")
        walls = [_saved(check, content, options.runs, save) for save in SAVES]
    return 0 if walls[0] <= TARGET else 1


def _saved(check: FollowingCheck, content: Content, runs: int, save: Save) -> float:
    """Save a file again and again; the median of seconds."""
    path = content.root / save.place
    if path.is_dir():
        path = max(path.rglob("*.ttl"), key=lambda each: each.stat().st_size)
    before = path.read_text("utf-8")
    times = []
    for run in range(2 * runs):
        path.write_text(before if run % 2 else before.replace(save.one, save.other, 1), "utf-8")
        found, *took = _timed(check.findings)
        times.append(took)
        if run == 0:
            anew, whole, _ = _timed(lambda: gate.check(content))
            is_same = anew == found
    wall, processor = (statistics.median(each) for each in zip(*times, strict=True))
    told = "yes" if is_same else "NO"
    times_longer = f"{whole / wall:.0f}"
    print(f"| {save.name} | {1000 * wall:.0f} | {1000 * processor:.0f} | {times_longer} | {told} |")
    return wall


def _timed(work: Callable[[], _Result]) -> tuple[_Result, float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - processor


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
