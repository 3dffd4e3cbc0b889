"""Findings of what SHACL says: the shapes over the merged graph."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from iisgraph.check.demands import Demands
from iisgraph.check.findings import Finding, Severity, named
from iisgraph.check.wording import Wording, Words
from iisgraph.engine import NamedNode, Quad
from iisgraph.shacl import Data, EngineName, Report, Result, validate
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, DERIVED, SH, TYPE, shorten

_SEVERITY: Final = {
    SH + "Violation": Severity.ERROR,
    SH + "Warning": Severity.WARNING,
    SH + "Info": Severity.INFO,
}
_SHAPES: Final = BASE + "graph/ontology/shapes/"


def violations(
    snapshot: Snapshot,
    about: Collection[NamedNode] | None = None,
    demands: Demands | None = None,
) -> list[Finding]:
    """What the shapes of the snapshot's content say against its default graph.

    With `about`, only what they say of these nodes, in a fraction of the time.
    """
    demands = demands or Demands()
    report = judged(snapshot, about, engine=demands.engine, verify=demands.verify)
    return findings_of(report, _shapes(snapshot))


def judged(
    snapshot: Snapshot,
    about: Collection[NamedNode] | None = None,
    *,
    engine: EngineName = "compiled",
    verify: float = 0.0,
) -> Report:
    """The report of the shapes of the snapshot's content.

    Raises:
        ShapesError: if the shapes cannot be judged by.
    """
    data = Data(list(_exact(snapshot)), snapshot.engine)
    return validate(data, list(_shapes(snapshot)), engine=engine, about=about, verify=verify)


def _exact(snapshot: Snapshot) -> Iterator[Quad]:
    """The statements as their files have them, and those that rules derived."""
    derived = snapshot.engine.quads(None, None, None, NamedNode(DERIVED))
    return chain((quad for file in snapshot.files for quad in file.quads), derived)


def _shapes(snapshot: Snapshot) -> Iterator[Quad]:
    for file in snapshot.files:
        if file.graph.startswith(_SHAPES):
            yield from file.quads


def findings_of(report: Report, shapes: Iterable[Quad]) -> list[Finding]:
    """The results of a report as findings, those that say the same as one.

    A severity that is not SHACL's own is an error.
    """
    wording = Wording(shapes)
    alike: dict[Finding, list[tuple[Result, Words]]] = defaultdict(list)
    for result in report.results:
        words = wording(result)
        alike[_finding(result, words)].append((result, words))
    return [_joined(finding, told) for finding, told in alike.items()]


def _joined(finding: Finding, told: Sequence[tuple[Result, Words]]) -> Finding:
    return replace(
        finding,
        expected="; ".join(dict.fromkeys(words.expected for _, words in told)),
        fix=" ".join(dict.fromkeys(words.fix for _, words in told)),
        results=tuple(result for result, _ in told),
    )


def _finding(result: Result, words: Words) -> Finding:
    """A result as a finding, without what several constraints say differently."""
    return Finding(
        severity=_SEVERITY.get(result.severity.value, Severity.ERROR),
        rule=words.rule,
        message=words.message,
        focus=named(result.focus),
        path=(result.path.predicate or str(result.path)) if result.path else None,
        value=result.value,
        name=words.name,
        link=words.link,
    )


def rule_names(shapes: Iterable[Quad]) -> list[str]:
    """The names of the shapes that have an IRI, sorted, as findings have them for rules."""
    found = {
        quad.subject.value
        for quad in shapes
        if isinstance(quad.subject, NamedNode) and _makes_shape(quad)
    }
    return sorted(shorten(iri).strip("<>") for iri in found)


def _makes_shape(quad: Quad) -> bool:
    """Whether a statement makes its subject a shape (SHACL §2.1)."""
    if quad.predicate.value == TYPE:
        return getattr(quad.object, "value", "") in {SH + "NodeShape", SH + "PropertyShape"}
    return quad.predicate.value == SH + "path" or quad.predicate.value.startswith(SH + "target")
