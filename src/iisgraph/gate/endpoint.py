"""What is behind a SPARQL endpoint, held to shapes."""

from collections.abc import Iterator, Sequence

from iisgraph import read
from iisgraph.coverage import Shapes
from iisgraph.engine import Engine
from iisgraph.gate.accidents import nothing_judged
from iisgraph.gate.demands import Demands
from iisgraph.gate.findings import Finding, Severity, named
from iisgraph.gate.placing import Placer
from iisgraph.gate.reach import UNMATCHED
from iisgraph.gate.repository import prefixes_of
from iisgraph.gate.shapes import findings_of
from iisgraph.gate.syntax import broken_files
from iisgraph.gate.terms import Vocabulary, described, misspelt_terms, pinned
from iisgraph.gate.unfit import fit, missing_shapes, refused_queries
from iisgraph.read import File
from iisgraph.shacl import Report, validate_elsewhere
from iisgraph.vocab import SH


def check_endpoint(
    engine: Engine, shapes: Sequence[File], demands: Demands | None = None
) -> list[Finding]:
    """Check what an engine answers against shapes; findings on data have no file.

    Raises:
        ShapesError: if the shapes cannot be judged by, or not at an endpoint.
        EngineError: if the endpoint does not answer, or not in full.
    """
    demands = demands or Demands()
    of_shapes = list(broken_files(shapes)) or list(refused_queries(shapes))
    of_data: list[Finding] = []
    if not of_shapes:
        reused = pinned(read.default_content())
        judged_by = fit(list(read.quads_of(shapes)), reused.get(SH, ()))
        report = validate_elsewhere(engine, judged_by)
        of_shapes = [*_of_shapes(shapes, reused), *_unmatched(report)]
        of_data = findings_of(report, judged_by, prefixes_of(shapes))
    placed = {*Placer(shapes).placed(of_shapes), *of_data}
    return sorted((each for each in placed if demands.wants(each)), key=lambda f: f.key)


def _of_shapes(shapes: Sequence[File], reused: Vocabulary) -> Iterator[Finding]:
    """What the shapes show by themselves."""
    yield from nothing_judged(shapes, Shapes(read.quads_of(shapes)))
    known = {**described(shapes), **reused}
    for file in shapes:
        yield from misspelt_terms(file, reused, known)
    yield from missing_shapes(shapes)


def _unmatched(report: Report) -> Iterator[Finding]:
    """Shapes that no node is a target of; a misspelt target lets everything pass."""
    for shape, number in report.targets.items():
        if not number:
            yield Finding(
                severity=Severity.WARNING,
                rule=UNMATCHED,
                message="this shape judges nothing: no node at the endpoint is its target",
                focus=named(shape),
            )
