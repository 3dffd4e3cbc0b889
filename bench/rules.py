"""Where the time of loading goes, step by step and rule by rule, and how each grows."""

import time
from collections.abc import Iterator
from pathlib import Path

from prettytable import PrettyTable

from bench.scale import written
from iisgraph import snapshot
from iisgraph.engine import Oxigraph
from iisgraph.read import Content, content_at


def compare(times: int) -> str:
    """A table of processor time for one copy of the data and for N."""
    table = PrettyTable(["step", "×1 s", f"×{times} s", "growth"], align="r")
    table.align["step"] = "l"
    for (step, one), (_, many) in zip(*map(_costs, map(written, (1, times))), strict=True):
        growth = f"{many / (times * one):.1f}" if one >= 0.001 else ""
        table.add_row([step, f"{one:.3f}", f"{many:.3f}", growth])
    return f"""{table}
growth: the cost of {times} copies over {times} times that of one; 1.0 is linear
seconds of the processor, a single run"""


def _costs(folder: Path) -> list[tuple[str, float]]:
    content = content_at(folder)
    assert content
    found = list(_steps(content))
    return [*found, ("all", sum(cost for _, cost in found))]


def _steps(content: Content) -> Iterator[tuple[str, float]]:
    """What `snapshot.of_content` does, each step with its seconds."""
    store = Oxigraph()
    start = time.process_time()
    files = content.rdf
    for file in files:
        file.parsed  # noqa: B018 - kept in the file
    yield "read and parse", time.process_time() - start
    start = time.process_time()
    for file in files:
        store.add(file.quads)
    yield "store, in named graph and merge", time.process_time() - start
    for name, rule in content.texts("ontology/rules").items():
        start = time.process_time()
        snapshot.derive(store, {name: rule}, content)
        yield f"rule {name}", time.process_time() - start
