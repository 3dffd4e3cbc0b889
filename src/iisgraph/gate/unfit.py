"""Parts of shapes that cannot be judged by, told at their place."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from iisgraph import sparql
from iisgraph.engine import Literal, NamedNode, Quad
from iisgraph.errors import QueryError, QueryRefused
from iisgraph.gate.findings import Finding, Severity, named
from iisgraph.gate.spelling import near_term
from iisgraph.read import File
from iisgraph.vocab import SH, shorten

REFUSED: Final = "refused-query"
MISSING: Final = "missing-shape"
_QUERIES: Final = frozenset(SH + name for name in ("select", "ask", "construct", "update"))
_REFERENCES: Final = frozenset(SH + name for name in ("property", "node", "qualifiedValueShape"))


def refused_queries(files: Iterable[File]) -> Iterator[Finding]:
    """Queries that would reach outside, and updates; with any of them nothing is judged."""
    for file in files:
        for quad in file.quads:
            if quad.predicate.value in _QUERIES and isinstance(quad.object, Literal):
                problem = _refused(quad.object.value)
                if problem:
                    yield _finding(file, quad, REFUSED, problem)


def missing_shapes(files: Iterable[File]) -> Iterator[Finding]:
    """References to shapes that are described nowhere; the rest is judged without them."""
    files = list(files)
    described = _described(quad for file in files for quad in file.quads)
    for file in files:
        for quad in file.quads:
            if _is_missing(quad, described):
                iri = getattr(quad.object, "value", "")
                near = near_term(iri, described)
                hint = f"; did you mean {shorten(near)}?" if near else "; is a file missing?"
                told = f"the shape {shorten(iri)} is described nowhere{hint}"
                yield _finding(file, quad, MISSING, told)


def fit(shapes: Sequence[Quad], words: Collection[str]) -> list[Quad]:
    """The shapes without what cannot be judged by and is told of elsewhere.

    References to shapes that are described nowhere, and words that are not among those
    of SHACL, if these are known.
    """
    described = _described(shapes)
    return [
        quad
        for quad in shapes
        if not _is_missing(quad, described)
        and not (words and _word(quad) is not None and _word(quad) not in words)
    ]


def _described(quads: Iterable[Quad]) -> set[str]:
    return {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}


def _is_missing(quad: Quad, described: Collection[str]) -> bool:
    is_reference = quad.predicate.value in _REFERENCES and isinstance(quad.object, NamedNode)
    return is_reference and getattr(quad.object, "value", "") not in described


def _word(quad: Quad) -> str | None:
    """The word of SHACL that a predicate is; None if it is of another vocabulary."""
    iri = quad.predicate.value
    return iri.removeprefix(SH) if iri.startswith(SH) else None


def _refused(text: str) -> str | None:
    """Why a query is not run; what is no SPARQL at all is told by whoever parses it."""
    try:
        sparql.permit(text, None, ())
    except QueryRefused as error:
        return f"this query is not run: {error}"
    except QueryError:
        return None
    return None


def _finding(file: File, quad: Quad, rule: str, message: str) -> Finding:
    return Finding(
        severity=Severity.ERROR,
        rule=rule,
        message=message,
        graph=file.graph,
        focus=named(quad.subject),
        path=quad.predicate.value,
        value=quad.object if isinstance(quad.object, Literal | NamedNode) else None,
    )
