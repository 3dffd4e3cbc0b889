"""What changed between two releases: statements by graph, and answers to the saved questions.

The answers matter most: a source that is added and changes no answer has confirmed
what was known. Kept as JSON in `data/releases/`, a difference is shown on the site.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from iisgraph import query
from iisgraph.engine import BlankNode, NamedNode, Term
from iisgraph.errors import QueryError, SourceError
from iisgraph.questions import Question
from iisgraph.read import read_text
from iisgraph.snapshot import Snapshot

Row: TypeAlias = Mapping[str, str]
"""A row of an answer: values by variable, '' for what is not bound."""

FOLDER: Final = "data/releases"
"""Where a content folder keeps the differences of its releases, each named by its version."""

SHOWN: Final = 20
"""Rows of an answer that are kept of those gained, and of those lost."""


@dataclass(frozen=True)
class Release:
    """A release: its hash, and how many distinct statements it has."""

    release: str
    statements: int


@dataclass(frozen=True)
class GraphChange:
    """How many statements a named graph gained and lost; `old` and `new` count all of it."""

    graph: str
    old: int
    new: int
    gained: int
    lost: int


@dataclass(frozen=True)
class AnswerChange:
    """A saved question that is answered otherwise, asked with its defaults.

    `old` and `new` count rows; `gained` and `lost` are rows as `{variable: value}`, at most
    SHOWN of each, of `gained_in_all` and `lost_in_all`.
    """

    question: str
    title: str
    old: int
    new: int
    gained_in_all: int
    lost_in_all: int
    gained: Sequence[Mapping[str, str]]
    lost: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Difference:
    """All that differs between two releases."""

    old: Release
    new: Release
    graphs: Sequence[GraphChange]
    answers: Sequence[AnswerChange]

    def as_json(self) -> str:
        """The difference as JSON, as `loads` reads it."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"


def diff(old: Snapshot, new: Snapshot, questions: Iterable[Question]) -> Difference:
    """What changed from one release to another, by these questions."""
    changed = (answer_change(q, _rows(old, q), _rows(new, q)) for q in questions)
    return Difference(
        Release(old.release, len(old)),
        Release(new.release, len(new)),
        _graphs(old, new),
        [each for each in changed if each],
    )


def loads(text: str) -> Difference:
    """The difference that was written as JSON.

    Raises:
        ValueError: if the text is no such JSON.
    """
    try:
        told: dict[str, Any] = json.loads(text)
        return Difference(
            Release(**told["old"]),
            Release(**told["new"]),
            [GraphChange(**each) for each in told["graphs"]],
            [AnswerChange(**each) for each in told["answers"]],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"is no difference of releases: {error}") from None


def kept(root: Path) -> dict[str, Difference]:
    """The differences that a content folder keeps, by version, the latest first.

    Raises:
        SourceError: if one of them cannot be read.
    """
    found = {}
    for path in sorted((root / FOLDER).glob("*.json"), key=_version, reverse=True):
        try:
            found[path.stem] = loads(read_text(path))
        except ValueError as error:
            raise SourceError(str(error), path) from None
    return found


def _version(path: Path) -> list[tuple[int, str]]:
    """Versions in their order: 0.10.0 comes after 0.9.0."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in path.stem.split(".")]


def _graphs(old: Snapshot, new: Snapshot) -> list[GraphChange]:
    changes = []
    for graph in sorted(old.graphs | new.graphs):
        before, after = _comparable(_triples(old, graph), _triples(new, graph))
        if before != after:
            gained, lost = (after - before).total(), (before - after).total()
            changes.append(GraphChange(graph, before.total(), after.total(), gained, lost))
    return changes


class _Unnamed(NamedTuple):
    """A node without a name, in the older graph or the newer; labels say nothing across them."""

    is_newer: bool
    node: BlankNode


_Triple: TypeAlias = tuple[Any, Any, Any]


def _triples(snapshot: Snapshot, graph: str) -> list[_Triple]:
    quads = snapshot.engine.quads(None, None, None, NamedNode(graph))
    return [(q.subject, q.predicate, q.object) for q in quads]


def _comparable(
    old: Sequence[_Triple], new: Sequence[_Triple]
) -> tuple[Counter[_Triple], Counter[_Triple]]:
    """The triples of two graphs, with what is said of blank nodes in the place of their labels."""
    before, after = (
        [_marked(triple, is_newer=is_newer) for triple in graph]
        for is_newer, graph in ((False, old), (True, new))
    )
    contents = _contents([*before, *after])
    first, second = (
        Counter((contents.get(s, s), p, contents.get(o, o)) for s, p, o in graph)
        for graph in (before, after)
    )
    return first, second


def _marked(triple: _Triple, *, is_newer: bool) -> _Triple:
    subject, predicate, obj = (
        _Unnamed(is_newer, term) if isinstance(term, BlankNode) else term for term in triple
    )
    return subject, predicate, obj


def _contents(triples: Iterable[_Triple]) -> dict[_Unnamed, str]:
    """A digest of what is said of each blank node, to any depth; equal for equal nodes.

    All nodes are told apart ever more finely, round by round, until a round finds no more
    differences; so that nodes in circles have a digest too.
    """
    said: dict[_Unnamed, list[_Triple]] = {}
    for triple in triples:
        for term in triple:
            if isinstance(term, _Unnamed):
                said.setdefault(term, [])
        if isinstance(triple[0], _Unnamed):
            said[triple[0]].append(triple)
    found, kinds = dict.fromkeys(said, ""), 0
    while len(set(found.values())) > kinds:
        kinds = len(set(found.values()))
        found = {node: _digest(about, found) for node, about in said.items()}
    return found


def _digest(triples: Iterable[_Triple], known: Mapping[_Unnamed, str]) -> str:
    lines = sorted(f"{predicate} {known.get(obj, obj)}" for _, predicate, obj in triples)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def answer_change(
    question: Question, before: Iterable[Row], after: Iterable[Row]
) -> AnswerChange | None:
    """How an answer differs, repeated rows counted; None if it does not."""
    old, new = (Counter(tuple(row.items()) for row in rows) for rows in (before, after))
    if old == new:
        return None
    gained, lost = new - old, old - new
    return AnswerChange(
        question.name,
        question.title,
        old.total(),
        new.total(),
        gained.total(),
        lost.total(),
        _first(gained),
        _first(lost),
    )


def _rows(snapshot: Snapshot, question: Question) -> list[Row]:
    """The rows of an answer; none if the release cannot be asked so."""
    try:
        found = query.answer(snapshot, question.ask({}))
        return [{n: _text(row.get(n)) for n in found.variables} for row in found.rows()]
    except QueryError:
        return []


def _text(term: Term | None) -> str:
    return "" if term is None else term.value


def _first(rows: Counter[tuple[tuple[str, str], ...]]) -> list[dict[str, str]]:
    return [dict(row) for row in sorted(rows.elements())[:SHOWN]]
