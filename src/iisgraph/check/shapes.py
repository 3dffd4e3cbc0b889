"""SHACL by pySHACL: the shapes over the merged graph. The one module that knows pySHACL."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from iisgraph.check.findings import Finding, Severity
from iisgraph.engine import DefaultGraph, Quad, Term, Triple, parse, serialize, triples
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, SH, shorten

_SEVERITY: Final = {
    SH + "Violation": Severity.ERROR,
    SH + "Warning": Severity.WARNING,
    SH + "Info": Severity.INFO,
}
_SHAPES: Final = BASE + "graph/ontology/shapes/"
_SILENCE: Final = logging.NullHandler()


def violations(snapshot: Snapshot) -> list[Finding]:
    """What the shapes of the snapshot's content say against its default graph."""
    from pyshacl import validate

    # rdflib would print a traceback for each literal of which we report a finding
    logging.getLogger("rdflib").addHandler(_SILENCE)
    everything = snapshot.engine.quads(None, None, None, DefaultGraph())
    _, report, _ = validate(
        _rdflib(everything),
        shacl_graph=_rdflib(_shapes(snapshot)),
        inference="none",
        do_owl_imports=False,
        advanced=False,
        js=False,
        allow_infos=False,
        allow_warnings=False,
    )
    text = report.serialize(format="nt", encoding="utf-8")
    return list(_findings(parse(text, "application/n-triples", "urn:report", BASE).quads))


def _shapes(snapshot: Snapshot) -> Iterator[Quad]:
    for file in snapshot.files:
        if file.graph.startswith(_SHAPES):
            yield from file.quads


def _rdflib(quads: Iterable[Quad]) -> Any:
    from rdflib import Graph

    merged = {Triple(q.subject, q.predicate, q.object) for q in quads}
    text = serialize(merged, "application/n-triples")
    return Graph(bind_namespaces="none").parse(data=text, format="nt")


def _findings(report: Iterable[Quad]) -> Iterator[Finding]:
    """The results of the report itself; their `sh:detail` is the same finding again."""
    nodes: dict[Term, dict[str, Term]] = defaultdict(dict)
    results = []
    for subject, predicate, value in triples(report):
        nodes[subject][predicate.value.removeprefix(SH)] = value
        if predicate.value == SH + "result":
            results.append(value)
    for result in results:
        yield _finding(nodes[result])


def _finding(members: dict[str, Term]) -> Finding:
    def text(name: str) -> str | None:
        return getattr(members.get(name), "value", None)

    return Finding(
        severity=_SEVERITY.get(text("resultSeverity") or "", Severity.ERROR),
        rule=shorten(text("sourceShape") or "").strip("<>"),
        message=text("resultMessage") or "does not conform",
        focus=text("focusNode"),
        path=text("resultPath"),
        value=members.get("value"),
    )
