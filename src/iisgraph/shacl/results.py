"""What a validation finds (SHACL §3.6): results, and the report that they make."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Final

from iisgraph.engine import BlankNode, DefaultGraph, Literal, NamedNode, Node, Quad, Term
from iisgraph.shacl.paths import Path, written
from iisgraph.vocab import SH, TYPE, XSD

VIOLATION: Final = NamedNode(SH + "Violation")


@dataclass(frozen=True, kw_only=True)
class Result:
    """One `sh:ValidationResult`; what it does not tell is None or empty."""

    focus: Term
    path: Path | None = None
    value: Term | None = None
    shape: Node
    component: NamedNode
    constraint: Term | None = None
    severity: NamedNode = VIOLATION
    messages: tuple[Literal, ...] = ()
    details: tuple["Result", ...] = ()


@dataclass(frozen=True)
class Report:
    """The results of a validation, sorted.

    `targets` tells how many focus nodes each shape with targets had: 0 means that it
    judged nothing. `fallback` names the shapes that pySHACL judged. `doubted` are results of
    pySHACL for nodes that conform by the compiled shapes, if a sample was tried: our fault,
    or pySHACL's.
    """

    results: tuple[Result, ...]
    targets: Mapping[Node, int] = field(default_factory=dict)
    fallback: tuple[Node, ...] = ()
    doubted: tuple[Result, ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether there is no result, of whatever severity (§3.6.1.1)."""
        return not self.results

    def graph(self) -> list[Quad]:
        """The report as the specification prescribes it (§3.6), in the default graph."""
        numbers = count()
        writer = _Writer(lambda kind: BlankNode(f"{kind}{next(numbers)}"))
        return list(writer.report(self))


def in_order(results: Iterable[Result], *graphs: Iterable[Quad]) -> tuple[Result, ...]:
    """Results sorted by focus node, shape, path, component and value; those alike are kept.

    Blank nodes, whose names mean nothing, come in the order in which the graphs name them.
    """
    found = list(results)
    ranks: dict[Term, str] = {}
    if any(isinstance(term, BlankNode) for result in found for term in _terms(result)):
        for quad in chain(*graphs):
            for term in (quad.subject, quad.object):
                if isinstance(term, BlankNode):
                    ranks.setdefault(term, f"_:{len(ranks):09}")

    def key(result: Result) -> tuple[str, ...]:
        terms = ["" if term is None else ranks.get(term, str(term)) for term in _terms(result)]
        path = "" if result.path is None else str(result.path)
        said = "\n".join(map(str, result.messages))
        return (*terms[:2], path, result.component.value, *terms[2:], result.severity.value, said)

    return tuple(sorted(found, key=key))


def _terms(result: Result) -> tuple[Term | None, ...]:
    return (result.focus, result.shape, result.value, result.constraint)


class _Writer:
    """Writes results as RDF."""

    def __init__(self, name: Callable[[str], BlankNode]) -> None:
        self._name = name

    def report(self, report: Report) -> Iterator[Quad]:
        node = self._name("report")
        yield self._type(node, "ValidationReport")
        yield _said(node, "conforms", _boolean(holds=report.conforms))
        for result in report.results:
            own = self._name("result")
            yield _said(node, "result", own)
            yield from self._result(own, result)

    def _result(self, node: BlankNode, result: Result) -> Iterator[Quad]:
        yield self._type(node, "ValidationResult")
        yield _said(node, "focusNode", result.focus)
        yield _said(node, "resultSeverity", result.severity)
        yield _said(node, "sourceConstraintComponent", result.component)
        yield _said(node, "sourceShape", result.shape)
        if result.path is not None:
            path, described = written(result.path, lambda: self._name("path"))
            yield _said(node, "resultPath", path)
            yield from (Quad(*triple, DefaultGraph()) for triple in described)
        if result.value is not None:
            yield _said(node, "value", result.value)
        if result.constraint is not None:
            yield _said(node, "sourceConstraint", result.constraint)
        for message in result.messages:
            yield _said(node, "resultMessage", message)
        for detail in result.details:
            own = self._name("detail")
            yield _said(node, "detail", own)
            yield from self._result(own, detail)

    def _type(self, node: BlankNode, name: str) -> Quad:
        return Quad(node, NamedNode(TYPE), NamedNode(SH + name), DefaultGraph())


def _said(node: BlankNode, name: str, value: Term) -> Quad:
    return Quad(node, NamedNode(SH + name), value, DefaultGraph())


def _boolean(*, holds: bool) -> Literal:
    return Literal("true" if holds else "false", datatype=NamedNode(XSD + "boolean"))
