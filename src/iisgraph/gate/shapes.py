"""Findings of what SHACL says: the shapes over the merged graph."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from iisgraph.engine import Literal, NamedNode, Quad, Term
from iisgraph.gate.demands import Demands
from iisgraph.gate.findings import Finding, Severity, named
from iisgraph.gate.slips import Slip
from iisgraph.gate.wording import Wording, Words
from iisgraph.shacl import Data, EngineName, Report, Result, validate
from iisgraph.shacl.literals import is_well_formed
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, DERIVED, PREFIXES, SH, TYPE, XSD, shorten

_SEVERITY: Final = {
    SH + "Violation": Severity.ERROR,
    SH + "Warning": Severity.WARNING,
    SH + "Info": Severity.INFO,
}
_DATATYPE: Final = SH + "datatype"
_OF_DATATYPE: Final = NamedNode(SH + "DatatypeConstraintComponent")
_LOOSE: Final = frozenset(XSD + name for name in ("string", "anyURI", "normalizedString", "token"))
"""Datatypes that take any text, so that it tells nothing when one does."""
VALIDATOR: Final = "validator"
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
    report = judged(snapshot, about, engine=demands.engine, verify=demands.share)
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


def findings_of(
    report: Report, shapes: Iterable[Quad], prefixes: Mapping[str, str] = PREFIXES
) -> list[Finding]:
    """The results of a report as findings, those that say the same as one.

    A severity that is not SHACL's own is an error. IRIs in words get these prefixes. What
    pySHACL alone finds in a sample is an error of the validator itself.
    """
    shapes = list(shapes)
    wording, datatypes = Wording(shapes, prefixes), _datatypes(shapes)
    alike: dict[Finding, list[tuple[Result, Words]]] = defaultdict(list)
    for result in report.results:
        words = wording(result)
        alike[_finding(result, words)].append((result, words))
    for result in report.doubted:
        words = wording(result)
        alike[_doubt(result, words)].append((result, words))
    joined = (_joined(finding, told) for finding, told in alike.items())
    return [replace(finding, slip=_slip(finding, datatypes)) for finding in joined]


def _datatypes(shapes: Iterable[Quad]) -> dict[Term, NamedNode]:
    """The datatype that each shape asks for."""
    of_shape = (quad for quad in shapes if quad.predicate.value == _DATATYPE)
    return {q.subject: q.object for q in of_shape if isinstance(q.object, NamedNode)}  # type: ignore[misc] # RDF 1.1


def _slip(finding: Finding, datatypes: Mapping[Term, NamedNode]) -> Slip | None:
    """The datatype that was forgotten: of a literal that would be well-formed in the right one."""
    value = finding.value
    right = next((datatypes[r.shape] for r in finding.results if r.component == _OF_DATATYPE), None)
    if right is None or not isinstance(value, Literal) or value.language:
        return None
    is_meant = right.value.startswith(XSD) and is_well_formed(Literal(value.value, datatype=right))
    is_known = is_meant and right.value not in _LOOSE and value.datatype != right
    return Slip(value.datatype.value, right.value) if is_known else None


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


def _doubt(result: Result, words: Words) -> Finding:
    """That pySHACL finds at fault what we have found to conform."""
    message = (
        f"by pySHACL this does not conform to {words.rule}, and by us it does: {words.message} "
        "The fault is ours, unless docs/conformance.md tells of it: please report it, "
        "and check with --engine pyshacl until then."
    )
    told = replace(words, rule=VALIDATOR, message=message)
    return replace(_finding(result, told), severity=Severity.ERROR)


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
