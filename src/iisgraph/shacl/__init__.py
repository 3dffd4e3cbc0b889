"""SHACL (https://www.w3.org/TR/shacl/): what shapes say of data.

`validate` is the one door. Knows nothing of files, findings or severities of ours.
"""

from collections.abc import Collection, Iterable
from typing import Final, Literal, TypeAlias

from iisgraph.engine import Quad, Term
from iisgraph.shacl import reference
from iisgraph.shacl.data import Data
from iisgraph.shacl.judge import Judge
from iisgraph.shacl.model import Shapes
from iisgraph.shacl.paths import Path
from iisgraph.shacl.results import Report, Result, in_order
from iisgraph.shacl.targets import focus_nodes

__all__ = ["ENGINES", "Data", "EngineName", "Path", "Report", "Result", "validate"]

EngineName: TypeAlias = Literal["compiled", "pyshacl"]
ENGINES: Final[tuple[EngineName, ...]] = ("compiled", "pyshacl")


def validate(
    data: Data | Iterable[Quad],
    shapes: Iterable[Quad],
    *,
    engine: EngineName = "compiled",
    about: Collection[Term] | None = None,
    verify: float = 0.0,
) -> Report:
    """Judge data by shapes.

    `data` is quads exactly as their files have them, or Data that has a store of them
    too; their graphs are merged. With `about`, only these focus nodes are judged.

    Raises:
        ShapesError: if the shapes are ill-formed, or ask what is not understood.
    """
    given = data if isinstance(data, Data) else Data(data)
    known = Shapes(shapes)
    targets = {s.node: focus_nodes(s, given, about) for s in known.targeted if not s.deactivated}
    counts = {node: len(found) for node, found in targets.items()}
    if engine == "pyshacl":
        judged = reference.aimed(known.quads, targets)
        results = reference.judge(given.quads, judged, known.graph)
        return Report(in_order(results), counts, tuple(counts))
    judge = Judge(known, given)
    found = [
        r for node, nodes in targets.items() for n in nodes for r in judge.results(known[node], n)
    ]
    return Report(in_order(found), counts, ())
