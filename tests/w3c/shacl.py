"""Runs the cases of SHACL, through the door that every validation goes through."""

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from rdflib import Namespace

from iisgraph.engine import Literal, Node, Quad, Term, parse, triples
from iisgraph.errors import ShapesError
from iisgraph.shacl import Report, Result, validate
from iisgraph.shacl.described import Described
from iisgraph.shacl.paths import read_path
from iisgraph.vocab import SH
from tests.w3c.cases import MF, Case

SHT: Final = Namespace("http://www.w3.org/ns/shacl-test#")
_MESSAGE: Final = SH + "resultMessage"


def run(case: Case) -> str:
    """What is wrong with the outcome of a case, or nothing."""
    data = quads_of(case.file(case.value(MF.action, SHT.dataGraph)))
    shapes = quads_of(case.file(case.value(MF.action, SHT.shapesGraph)))
    if case.value(MF.result) == SHT.Failure:
        return _is_refused(data, shapes)
    report = validate(data, shapes)
    return _differs(report, _described(quads_of(case.file(str(case.iri) + ".ttl"))))


@functools.cache
def quads_of(path: Path) -> tuple[Quad, ...]:
    """The quads of a file, whose blank nodes are the same for all that asks."""
    found = parse(path.read_bytes(), "text/turtle", "urn:data", _base(path))
    return tuple(found.quads)


def _base(path: Path) -> str:
    return path.as_uri()


def _is_refused(data: tuple[Quad, ...], shapes: tuple[Quad, ...]) -> str:
    try:
        validate(data, shapes)
    except ShapesError:
        return ""
    return "is not refused"


def _described(quads: tuple[Quad, ...]) -> Described:
    graph: dict[Node, dict[str, list[Term]]] = {}
    for subject, predicate, value in triples(quads):
        graph.setdefault(subject, {}).setdefault(predicate.value, []).append(value)
    return graph


def _differs(report: Report, graph: Described) -> str:
    """How a report differs from the one that the case expects, in any part of a result."""
    ((_, expected),) = [(node, own) for node, own in graph.items() if SH + "conforms" in own]
    conforms = expected[SH + "conforms"][0]
    if not isinstance(conforms, Literal) or (conforms.value == "true") != report.conforms:
        return f"conforms: {report.conforms}"
    members = [
        graph[each] for each in expected.get(SH + "result", ()) if not isinstance(each, Literal)
    ]
    wanted = Counter(_expected(each, graph) for each in members)
    said = any(_MESSAGE in each for each in members)
    found = Counter(_found(each, with_messages=said) for each in report.results)
    if wanted == found:
        return ""
    missing, unexpected = (list(each.elements()) for each in (wanted - found, found - wanted))
    return f"missing {missing}, unexpected {unexpected}"


def _expected(own: Mapping[str, Sequence[Term]], graph: Described) -> tuple[Any, ...]:
    def one(name: str) -> Term | None:
        values = own.get(SH + name, ())
        assert len(values) < 2, name
        return values[0] if values else None

    path = one("resultPath")
    return (
        one("focusNode"),
        None if path is None else read_path(path, graph),
        one("value"),
        one("resultSeverity"),
        one("sourceConstraintComponent"),
        one("sourceShape"),
        one("sourceConstraint"),
        frozenset(own.get(_MESSAGE, ())),
    )


def _found(result: Result, *, with_messages: bool) -> tuple[Any, ...]:
    return (
        result.focus,
        result.path,
        result.value,
        result.severity,
        result.component,
        result.shape,
        result.constraint,
        frozenset(result.messages if with_messages else ()),
    )
