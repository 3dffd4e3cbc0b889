"""SHACL (https://www.w3.org/TR/shacl/): what shapes say of data.

`validate` is the one door. Knows nothing of files, findings or severities of ours.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Final, Literal, TypeAlias

from iisgraph.engine import Engine, Node, Quad, Term
from iisgraph.errors import ShapesError
from iisgraph.shacl import reference
from iisgraph.shacl.compiled import Validation
from iisgraph.shacl.data import Data
from iisgraph.shacl.described import name
from iisgraph.shacl.elsewhere import Elsewhere
from iisgraph.shacl.model import Shapes
from iisgraph.shacl.paths import Path
from iisgraph.shacl.results import Report, Result, in_order
from iisgraph.shacl.targets import focus_nodes

__all__ = [
    "ENGINES",
    "Data",
    "EngineName",
    "Path",
    "Report",
    "Result",
    "validate",
    "validate_elsewhere",
]

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
    too; their graphs are merged. With `about`, only these focus nodes are judged. `verify`
    is the share, from 0 to 1, of the nodes that conform which pySHACL judges once more.

    Raises:
        ShapesError: if the shapes are ill-formed, or ask what is not understood.
    """
    given = data if isinstance(data, Data) else Data(data)
    known = Shapes(shapes)
    if engine == "pyshacl":
        active = [shape for shape in known.targeted if not shape.deactivated]
        return _by_reference(known, given, {s.node: focus_nodes(s, given, about) for s in active})
    validation = Validation(known, given, about)
    found = list(validation.results())
    if validation.inexact:
        found += _by_reference(known, given, validation.inexact).results
    report = Report(
        in_order(found, known.quads, given.quads),
        {
            shape.node: validation.targets[shape.node]
            for shape in known.targeted
            if not shape.deactivated
        },
        tuple(validation.inexact),
    )
    if not verify:
        return report
    sample = _sample(known, given, report, about, verify)
    return replace(report, doubted=_by_reference(known, given, sample).results)


def validate_elsewhere(engine: Engine, shapes: Iterable[Quad]) -> Report:
    """Judge what is behind a SPARQL endpoint by shapes, without fetching all of it.

    Terms are judged as the endpoint gives them.

    Raises:
        ShapesError: if the shapes are ill-formed, or ask what cannot be told there.
        EngineError: if the endpoint does not answer, or not in full.
    """
    known = Shapes(shapes)
    validation = Validation(known, Elsewhere(engine).data())
    found = list(validation.results())
    if validation.inexact:
        told = ", ".join(name(node) for node in validation.inexact)
        raise ShapesError(f"cannot be judged at an endpoint with literals that it rewrites: {told}")
    return Report(in_order(found, known.quads), dict(validation.targets))


def _by_reference(shapes: Shapes, data: Data, targets: Mapping[Node, Sequence[Term]]) -> Report:
    judged = reference.aimed(shapes.quads, targets)
    found = reference.judge(data.quads, judged, shapes.graph)
    counts = {node: len(nodes) for node, nodes in targets.items()}
    return Report(in_order(found, shapes.quads, data.quads), counts, tuple(counts))


def _sample(
    shapes: Shapes, data: Data, report: Report, about: Collection[Term] | None, share: float
) -> dict[Node, list[Term]]:
    """Some of the nodes that conform to all shapes; the same ones each time."""
    failing = {result.focus for result in report.results}
    random = Random(0)  # noqa: S311 - a sample, not a secret
    found: dict[Node, list[Term]] = {}
    for shape in shapes.targeted:
        if shape.deactivated or shape.node in report.fallback:
            continue
        nodes = focus_nodes(shape, data, about)
        chosen = [node for node in nodes if random.random() < share and node not in failing]
        if chosen:
            found[shape.node] = chosen
    return found
