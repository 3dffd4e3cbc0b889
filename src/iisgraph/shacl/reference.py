"""pySHACL, the reference: judges what the compiler leaves to it. The one module that knows it."""

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from iisgraph.engine import BlankNode, Literal, NamedNode, Node, Quad, Term, triples
from iisgraph.errors import ShapesError
from iisgraph.shacl.described import Described
from iisgraph.shacl.paths import Path, read_path
from iisgraph.shacl.results import Result, in_order
from iisgraph.vocab import RDFS, SH, TYPE, XSD

_TARGETS: Final = frozenset(
    SH + name for name in ("targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf")
)
_CLASSES: Final = frozenset({RDFS + "Class", "http://www.w3.org/2002/07/owl#Class"})
_TARGET_NODE: Final = NamedNode(SH + "targetNode")
_SILENCE: Final = logging.NullHandler()

Members = Mapping[str, Sequence[Any]]


def judge(data: Iterable[Quad], shapes: Iterable[Quad], described: Described) -> list[Result]:
    """The results of pySHACL for these shapes and all of their targets.

    Raises:
        ShapesError: if pySHACL finds the shapes ill-formed.
    """
    from pyshacl import validate
    from pyshacl.errors import ReportableRuntimeError

    # rdflib would print a traceback for each literal of which we report a result
    logging.getLogger("rdflib").addHandler(_SILENCE)
    try:
        _, report, _ = validate(
            _rdflib(data),
            shacl_graph=_rdflib(shapes),
            inference="none",
            do_owl_imports=False,
            advanced=False,
            js=False,
        )
    except ReportableRuntimeError as error:
        raise ShapesError(" ".join(str(error.message).split())) from None
    except (NotImplementedError, re.error) as error:
        raise ShapesError(
            f"pySHACL, to which a shape is left, cannot judge by it: {error}"
        ) from None
    if not hasattr(report, "triples"):  # it gives its failure back instead of raising it
        raise ShapesError(" ".join(str(getattr(report, "message", report)).split()))
    return _results(report, described)


def aimed(shapes: Iterable[Quad], targets: Mapping[Node, Iterable[Term]]) -> list[Quad]:
    """The shapes with other targets: each of these focus nodes, named one by one.

    A node is judged by the same shapes as ever, so the results on it are the same.
    """
    all_quads = list(shapes)
    kept = [quad for quad in all_quads if not _is_target(quad)]
    named = (Quad(s, _TARGET_NODE, node) for s, nodes in targets.items() for node in nodes)
    return [*kept, *named]


def _is_target(quad: Quad) -> bool:
    is_class = quad.predicate.value == TYPE and getattr(quad.object, "value", "") in _CLASSES
    return is_class or quad.predicate.value in _TARGETS


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
    return Written(term.value, lang=term.language, datatype=datatype, normalize=False)


def _own(term: Any) -> Term:
    """A term of rdflib as one of ours."""
    from rdflib import BNode, URIRef

    if isinstance(term, URIRef):
        return NamedNode(str(term))
    if isinstance(term, BNode):
        return BlankNode(str(term))
    if term.language:
        return Literal(str(term), language=term.language)
    return Literal(str(term), datatype=NamedNode(str(term.datatype or XSD + "string")))


def _results(report: Any, described: Described) -> list[Result]:
    members: dict[Any, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    heads = []
    for subject, predicate, value in report:
        members[subject][str(predicate).removeprefix(SH)].append(value)
        if str(predicate) == SH + "result":
            heads.append(value)
    return [_result(members[head], members, described) for head in heads]


def _result(own: Members, members: Mapping[Any, Members], described: Described) -> Result:
    def one(name: str) -> Term | None:
        return _own(own[name][0]) if own.get(name) else None

    path = _path(one("resultPath"), described)
    shape, component, focus = one("sourceShape"), one("sourceConstraintComponent"), one("focusNode")
    severity = one("resultSeverity")
    assert isinstance(component, NamedNode)
    assert isinstance(severity, NamedNode)
    assert focus is not None
    assert isinstance(shape, NamedNode | BlankNode)
    return Result(
        focus=focus,
        path=path,
        value=one("value"),
        shape=shape,
        component=component,
        constraint=one("sourceConstraint"),
        severity=severity,
        messages=tuple(sorted(_messages(own), key=str)),
        details=in_order(_result(members[d], members, described) for d in own.get("detail", ())),
    )


def _path(node: Term | None, described: Described) -> Path | None:
    """The path of a result; pySHACL also gives what a query binds that can be none."""
    if node is None:
        return None
    try:
        return read_path(node, described)
    except ShapesError:
        return None


def _messages(own: Members) -> Iterator[Literal]:
    for message in own.get("resultMessage", ()):
        literal = _own(message)
        if isinstance(literal, Literal):
            yield literal
