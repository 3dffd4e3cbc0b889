"""Where in a file each statement stands: a second, slower read, made only for findings.

The parser has the terms but not the places, the walk the places but not the terms;
both go through the document in the same order. Where the two differ, nothing is
said of the file: no place is better than a wrong one.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, zip_longest
from typing import Any, Final, TypeAlias

from iisgraph.engine import BlankNode, Literal, NamedNode, Quad, Term, Triple
from iisgraph.positions.rows import rows
from iisgraph.positions.tokens import Lines, Place, tokens
from iisgraph.positions.walk import Span, Statement, Walk, Written
from iisgraph.read import File
from iisgraph.vocab import TYPE

__all__ = ["Place", "Positions", "positions", "prefix_place"]

_Any: TypeAlias = Term | Triple
_LINES: Final = frozenset({".nt", ".nq"})
_WRITTEN: Final = frozenset({".ttl", ".trig"}) | _LINES
_TYPE: Final = NamedNode(TYPE)


@dataclass(frozen=True)
class Positions:
    """The places of a file's quads, as `quads` and `statements` side by side."""

    quads: Sequence[Quad] = ()
    statements: Sequence[Statement] = ()
    lines: Lines = field(default_factory=lambda: Lines(""))

    def find(self, focus: _Any, path: NamedNode | None, value: _Any | None) -> Place | None:
        """The place of a statement, else the nearest to it.

        Tried in turn: the value of that path; the value where a list or a blank node
        holds it; any value of the path; the subject's type; its first statement; a
        literal that is itself in question.
        """
        steps: tuple[Callable[[], Sequence[int]], ...] = (
            lambda: self._of_quad.get((focus, path, value), ()),
            lambda: self._held(focus, path, value),
            lambda: self._of_path.get((focus, path), ()),
            lambda: self._of_path.get((focus, _TYPE), ()),
            lambda: self._of_subject.get(focus, ()),
            lambda: self._of_value.get(focus, ()),
        )
        index = next((min(found) for step in steps if (found := step())), None)
        return None if index is None else self._place(self.statements[index].value.span)

    def find_property(
        self, subject: _Any, predicate: NamedNode, value: _Any | None = None
    ) -> Place | None:
        """The place of a property's own name: with that value, else where it is first used."""
        exact = self._of_quad.get((subject, predicate, value))
        found = exact or self._of_path.get((subject, predicate))
        return self._place(self.statements[found[0]].predicate.span) if found else None

    def _place(self, span: Span) -> Place:
        return self.lines.place(*span)

    def _held(self, focus: _Any, path: NamedNode | None, value: _Any | None) -> list[int]:
        """Where a value stands in the blank nodes that hang on a subject."""
        if value is None:
            return []
        begun = self._of_path.get((focus, path)) if path else self._of_subject.get(focus)
        waiting, seen, found = list(begun or ()), set[Any](), []
        while waiting:
            at = waiting.pop()
            held = self._value(at)
            if held == value:
                found.append(at)
            elif isinstance(held, BlankNode) and held not in seen:
                seen.add(held)
                waiting.extend(self._of_subject.get(held, ()))
        return found

    def _value(self, at: int) -> Any:
        return self.quads[at].object

    @cached_property
    def _of_subject(self) -> Mapping[Any, list[int]]:
        return _index(quad.subject for quad in self.quads)

    @cached_property
    def _of_path(self) -> Mapping[Any, list[int]]:
        return _index((quad.subject, quad.predicate) for quad in self.quads)

    @cached_property
    def _of_quad(self) -> Mapping[Any, list[int]]:
        return _index((quad.subject, quad.predicate, quad.object) for quad in self.quads)

    @cached_property
    def _of_value(self) -> Mapping[Any, list[int]]:
        return _index(quad.object for quad in self.quads)


def positions(file: File, about: Collection[_Any] | None = None) -> Positions:
    """The places of the quads of a Turtle, TriG, N-Triples or N-Quads file.

    With `about`, only of what is said of these nodes, or has them as a value, and of
    what hangs on nodes without a name: in a large file a fraction of the memory.
    Nothing for other formats, which nobody writes by hand.

    Raises:
        SourceError: if it cannot be read or parsed.
    """
    if file.path.suffix.lower() not in _WRITTEN:
        return Positions()
    text = file.content.decode()
    for statements in _readings(text, is_lines=file.path.suffix.lower() in _LINES):
        kept = _kept(file.quads, statements, about)
        if kept is not None:
            return Positions(*kept, Lines(text))
    return Positions()


def prefix_place(file: File, prefix: str) -> Place | None:
    """The place of the name of a prefix, where it is first declared.

    Raises:
        SourceError: if the file cannot be read.
    """
    text = file.content.decode()
    walk = Walk()
    for _ in walk.batches(tokens(text)):
        if any(declared.name == prefix for declared in walk.prefixes):
            break
    spans = (declared.span for declared in walk.prefixes if declared.name == prefix)
    span = next(spans, None)
    return Lines(text).place(*span) if span else None


def _readings(text: str, *, is_lines: bool) -> Iterator[Iterable[Statement]]:
    """The ways in which the parser may have gone through a text, the likely one first."""
    if is_lines:
        yield rows(text)
    for order in (reversed, iter):
        batches = Walk().batches(tokens(text))
        yield chain.from_iterable(order(batch) for batch in batches)


def _kept(
    quads: Iterable[Quad], statements: Iterable[Statement], about: Collection[_Any] | None
) -> tuple[list[Quad], list[Statement]] | None:
    """The quads that are wanted and how they are written, or None if the readings differ."""
    terms: dict[Hashable, Any] = {}
    kept: tuple[list[Quad], list[Statement]] = ([], [])
    for quad, statement in zip_longest(quads, statements):
        if quad is None or statement is None:
            return None
        subject, value = quad.subject, quad.object
        if not _agree(quad.predicate, statement.predicate, terms):
            return None
        if not (
            _agree(subject, statement.subject, terms) and _agree(value, statement.value, terms)
        ):
            return None
        if about is None or isinstance(subject, BlankNode) or subject in about or value in about:
            kept[0].append(quad)
            kept[1].append(statement)
    return kept


def _agree(term: Any, written: Written, terms: dict[Hashable, Any]) -> bool:
    """Whether what is written alike is one term; literals stand once, and would only fill it."""
    return isinstance(term, Literal) or terms.setdefault(written.key, term) == term


def _index(keys: Iterable[Any]) -> dict[Any, list[int]]:
    found: dict[Any, list[int]] = defaultdict(list)
    for at, key in enumerate(keys):
        found[key].append(at)
    return found
