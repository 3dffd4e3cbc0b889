"""Counts of all there is, answered from figures: how much, which predicates, which classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from iisgraph.rewrite.scope import grouped
from iisgraph.rewrite.tree import RDF_TYPE, Pattern, Select, Triples
from iisgraph.sparql import Token
from iisgraph.statistics import Statistics

_LARGEST: Final = 10_000
"""Rows up to which an answer is written into a query."""


@dataclass(frozen=True)
class _Head:
    """`SELECT [DISTINCT] ?key (COUNT(…) AS ?name)`: each of key and name may be missing."""

    distinct: bool
    key: str
    counted: str
    counted_once: bool
    name: str


def answer(sparql: str, query: Select, statistics: Statistics) -> str | None:
    """The query with its answer in it, if that is known."""
    parts = query.where.parts
    if len(parts) != 1 or not isinstance(parts[0], Triples) or len(parts[0].patterns) != 1:
        return None
    head = _head(query.head)
    words = [t.text.upper() if t.kind == "word" else t.text for t in query.tail]
    if head is None or {"HAVING", "VALUES", "COUNT"} & set(words):
        return None
    if {t.text[1:] for t in query.tail if t.text[0] in "?$"} - {head.key, head.name}:
        return None
    rows = _rows(head, parts[0].patterns[0], grouped(query), statistics)
    if rows is None or len(rows) > _LARGEST:
        return None
    names = " ".join(f"?{name}" for name in (head.key, head.name) if name)
    values = " ".join(f"({row})" for row in rows)
    start = query.tail[0].start if query.tail else len(sparql)
    if words[:2] == ["GROUP", "BY"]:
        start = next((t.start for t in query.tail[3:]), len(sparql))
    tail = sparql[start:]
    prologue = sparql[: query.start]
    return f"{prologue}SELECT {names} WHERE {{ VALUES ({names}) {{ {values} }} }}\n{tail}"


def _head(tokens: Sequence[Token]) -> _Head | None:
    texts = [t.text.upper() if t.kind == "word" else t.text for t in tokens[1:]]
    if texts[-1:] == ["WHERE"]:
        texts.pop()
    distinct = texts[:1] == ["DISTINCT"]
    texts = texts[distinct:]
    key = texts.pop(0)[1:] if texts and texts[0][0] in "?$" else ""
    if not texts:
        return _Head(distinct, key, "", counted_once=False, name="") if key and distinct else None
    once = texts[3:4] == ["DISTINCT"]
    shape = ["(", "COUNT", "(", *(["DISTINCT"] if once else []), None, ")", "AS", None, ")"]
    fits = len(texts) == len(shape) and all(
        s in (None, t) for s, t in zip(shape, texts, strict=True)
    )
    if not fits or texts[-2][0] not in "?$":
        return None
    counted = texts[-5]
    if counted != "*" and counted[0] not in "?$":
        return None
    return _Head(distinct, key, counted.lstrip("?$"), counted_once=once, name=texts[-2][1:])


def _rows(
    head: _Head, pattern: Pattern, keys: list[str] | None, statistics: Statistics
) -> list[str] | None:
    """The rows of the answer as in VALUES, or None if it is not known."""
    if head.counted not in ("", "*") and head.counted not in pattern.variables:
        return None
    if head.name in pattern.variables or len(pattern.variables) != _places(pattern):
        return None
    if head.key:
        if head.name and (keys is None or [key[1:] for key in keys] != [head.key]):
            return None
        if not head.name and keys is not None:
            return None
        return _tally(head, pattern, statistics)
    return None if keys is not None else _number(head, pattern, statistics)


def _places(pattern: Pattern) -> int:
    return sum(bool(node.variable) for node in pattern)


def _tally(head: _Head, pattern: Pattern, statistics: Statistics) -> list[str] | None:
    """One row for each predicate or class."""
    subject, predicate, value = pattern
    if not subject.variable or not value.variable:
        return None
    if predicate.variable == head.key:
        figures = statistics.predicates
    elif value.variable == head.key and predicate.iri == RDF_TYPE and statistics.typed_by_iris():
        figures = statistics.classes
    else:
        return None
    if head.counted_once and head.counted != "*":
        each_once = figures is statistics.classes and head.counted == subject.variable
        if not each_once:
            return None
    return [f"<{iri}> {n if head.name else ''}" for iri, n in figures.items()]


def _number(head: _Head, pattern: Pattern, statistics: Statistics) -> list[str] | None:
    """One number: how many statements fit the pattern."""
    subject, predicate, value = pattern
    if not subject.variable:
        return None
    if predicate.variable and value.variable:
        if head.counted_once and head.counted == predicate.variable:
            return [str(len(statistics.predicates))]
        found = statistics.size
    elif predicate.iri and predicate.exact and value.variable:
        found = statistics.predicates.get(predicate.iri, 0)
        if head.counted_once and head.counted == value.variable and predicate.iri == RDF_TYPE:
            return [str(len(statistics.classes))] if statistics.typed_by_iris() else None
    elif predicate.iri == RDF_TYPE and value.iri and value.exact:
        return [str(statistics.classes.get(value.iri, 0))]
    else:
        return None
    if head.counted_once and head.counted != "*":
        return None
    return [str(found)]
