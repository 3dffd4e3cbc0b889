"""SHACL by pySHACL: the shapes over the merged graph. The one module that knows pySHACL."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any, Final

from iisgraph.check.findings import Finding, Severity, named
from iisgraph.engine import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    Quad,
    Term,
    parse,
    triples,
)
from iisgraph.snapshot import Snapshot
from iisgraph.vocab import BASE, SH, XSD, shorten

_SEVERITY: Final = {
    SH + "Violation": Severity.ERROR,
    SH + "Warning": Severity.WARNING,
    SH + "Info": Severity.INFO,
}
_SHAPES: Final = BASE + "graph/ontology/shapes/"
_SILENCE: Final = logging.NullHandler()


_TARGETS: Final = """
SELECT DISTINCT ?shape ?node
WHERE {
  VALUES ?node { %s }
  { ?shape sh:targetNode ?node }
  UNION { ?node a/rdfs:subClassOf* ?class . ?shape sh:targetClass ?class }
  UNION { ?node ?of ?value . ?shape sh:targetSubjectsOf ?of }
  UNION { ?subject ?to ?node . ?shape sh:targetObjectsOf ?to }
}"""
_TARGET: Final = SH + "target"
_TARGET_NODE: Final = NamedNode(SH + "targetNode")


def violations(snapshot: Snapshot, about: Collection[NamedNode] | None = None) -> list[Finding]:
    """What the shapes of the snapshot's content say against its default graph.

    With `about`, only what they say of these nodes, in a fraction of the time.
    """
    from pyshacl import validate

    # rdflib would print a traceback for each literal of which we report a finding
    logging.getLogger("rdflib").addHandler(_SILENCE)
    everything = snapshot.engine.quads(None, None, None, DefaultGraph())
    _, report, _ = validate(
        _rdflib(everything),
        shacl_graph=_rdflib(_shapes(snapshot) if about is None else _aimed(snapshot, about)),
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


def _aimed(snapshot: Snapshot, about: Iterable[NamedNode]) -> Iterator[Quad]:
    """The shapes with their targets named one by one, and only those among `about`.

    A node is judged by the same shapes as ever, so the findings on it are the same.
    """
    for quad in _shapes(snapshot):
        if not quad.predicate.value.startswith(_TARGET):
            yield quad
    named = " ".join(str(node) for node in about)
    for row in snapshot.engine.query(_TARGETS % named).rows():
        shape, node = row["shape"], row["node"]
        if isinstance(shape, NamedNode):
            yield Quad(shape, _TARGET_NODE, node)


def _rdflib(quads: Iterable[Quad]) -> Any:
    """The triples as an rdflib graph, which parses each query once.

    pySHACL asks the query of a constraint for every focus node, and rdflib takes far
    longer to parse it than to answer.
    """
    from rdflib import Graph
    from rdflib.plugins.sparql import prepareQuery

    class Prepared(Graph):
        """Keeps the queries that were asked."""

        def query(self, query_object: Any, *arguments: Any, **options: Any) -> Any:
            """Ask a text as the query that it was parsed to."""
            is_text = isinstance(query_object, str)
            known = prepared(query_object) if is_text else query_object
            return super().query(known, *arguments, **options)

    graph = Prepared(bind_namespaces="none")
    prepared = cache(lambda text: prepareQuery(text, initNs=dict(graph.namespaces())))
    terms = cache(_term)
    for subject, predicate, value in triples(quads):
        graph.add((terms(subject), terms(predicate), terms(value)))
    return graph


def _term(term: Term) -> Any:
    """The same term for rdflib, which leaves the datatype of a plain text out."""
    from rdflib import BNode, URIRef
    from rdflib import Literal as Written

    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, BlankNode):
        return BNode(term.value)
    is_plain = term.language or term.datatype.value == XSD + "string"
    datatype = None if is_plain else URIRef(term.datatype.value)
    return Written(term.value, lang=term.language, datatype=datatype)


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
        focus=named(members.get("focusNode")),
        path=text("resultPath"),
        value=members.get("value"),
    )
