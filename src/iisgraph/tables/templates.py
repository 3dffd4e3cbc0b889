"""Templates: Turtle with holes that a row fills.

A hole is the name of a column in braces. Alone it is a term: `org:member {state}`.
Within an IRI it is a slug: `<id/seat/{group}/{state}>`. Within a string it is the
text of the cell: `"{city} ({country})"@en`. A statement with an empty hole is left out.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Final, TypeAlias

from iisgraph.engine import BlankNode, Literal, NamedNode, Quad, Term, parse, triples
from iisgraph.vocab import BASE, PREFIXES

MODES: Final = ("add", "default", "replace")
FORMS: Final = ("hash", "lower")
_HOLE: Final = re.compile(r"\{(\w+)(?:\|(\w+))?\}")
_ESCAPED: Final = re.compile(r"%7B(\w+)(?:%7C(\w+))?%7D")
_ALONE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|<[^>]*>|\{(\w+)\}')
_CELL: Final = "urn:cell:"
_HEAD: Final = f"@base <{BASE}> .\n" + "".join(
    f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items()
)

Statement: TypeAlias = tuple[NamedNode, NamedNode, Term]


@dataclass(frozen=True)
class Value:
    """One value of a cell: as text, as a term, and as a part of an address."""

    text: str
    term: Term
    slug: str


Cells = Mapping[str, Sequence[Value]]


@dataclass(frozen=True)
class Template:
    """Statements with holes, and where they go.

    `graph` is `record`, `each source`, or the path of a graph such as
    `reference/forums`. `mode` is `add`; `default`, for what is only said where
    nothing else is; or `replace`, for what the table alone decides.
    """

    graph: str
    mode: str
    statements: Sequence[tuple[Term, NamedNode, Term]]

    @cached_property
    def holes(self) -> set[tuple[str, str]]:
        """The holes by name and form; the form is empty where there is none."""
        found: set[tuple[str, str]] = set()
        for statement in self.statements:
            for term in statement:
                found |= set(_holes(term))
        return found

    def fill(self, cells: Cells) -> Iterator[Statement]:
        """The statements that a row makes; one for each value where a cell has many."""
        for subject, predicate, value in self.statements:
            for filled, term in product(_fill(subject, cells), _fill(value, cells)):
                if isinstance(filled, NamedNode):
                    yield filled, predicate, term


def template(graph: str, turtle: str, mode: str) -> Template:
    """The template written as Turtle with holes.

    Raises:
        ValueError: if the mode is unknown, or the text is not Turtle apart from its
            holes, has blank nodes, or a hole in the place of a property.
    """
    if mode not in MODES:
        raise ValueError(f"mode is {mode!r}, expected {' or '.join(MODES)}")
    statements = list(triples(_read(turtle)))
    for statement in statements:
        if any(isinstance(term, BlankNode) for term in statement):
            raise ValueError("a template can have no blank nodes: give the thing an address")
        if any(_holes(statement[1])):
            raise ValueError("a hole cannot stand for a property")
    return Template(graph, mode, statements)


def _read(turtle: str) -> Sequence[Quad]:
    text = _HEAD + _ALONE.sub(_escape, turtle)
    try:
        return parse(text.encode(), "text/turtle", "urn:row", BASE).quads
    except SyntaxError as error:
        message = str(error).split(": ", 1)[-1].rsplit(" (line ", 1)[0]
        line = (error.lineno or 0) - _HEAD.count("\n")
        raise ValueError(f"line {line} is not Turtle: {message}") from None


def _escape(match: re.Match[str]) -> str:
    """Turtle for a piece of a template: holes alone and in IRIs become parts of IRIs."""
    if match[1]:
        return f"<{_CELL}{match[1]}>"
    if match[0].startswith("<"):
        return match[0].replace("{", "%7B").replace("}", "%7D").replace("|", "%7C")
    return match[0]


def _holes(term: Term) -> Iterator[tuple[str, str]]:
    if isinstance(term, NamedNode) and term.value.startswith(_CELL):
        yield term.value.removeprefix(_CELL), ""
    elif isinstance(term, Literal | NamedNode):
        pattern = _HOLE if isinstance(term, Literal) else _ESCAPED
        yield from pattern.findall(term.value)


def _fill(term: Term, cells: Cells) -> list[Term]:
    if isinstance(term, Literal):
        texts = _texts(term.value, _HOLE, cells, lambda value: value.text)
        return [_literal(text, term) for text in texts]
    if not isinstance(term, NamedNode):
        return []
    if term.value.startswith(_CELL):
        return [value.term for value in cells[term.value.removeprefix(_CELL)]]
    return [NamedNode(iri) for iri in _texts(term.value, _ESCAPED, cells, lambda v: v.slug)]


def _literal(text: str, like: Literal) -> Literal:
    if like.language:
        return Literal(text, language=like.language)
    return Literal(text, datatype=like.datatype)


def _texts(
    text: str, hole: re.Pattern[str], cells: Cells, part: Callable[[Value], str]
) -> list[str]:
    """The text with its holes filled, once for each combination of their values."""
    pieces = hole.split(text)
    names, forms = pieces[1::3], pieces[2::3]
    options = [
        [_formed(part(value), value, form) for value in cells[name]]
        for name, form in zip(names, forms, strict=True)
    ]
    fixed = pieces[::3]
    return [
        fixed[0] + "".join(filled + rest for filled, rest in zip(chosen, fixed[1:], strict=True))
        for chosen in product(*options)
    ]


def _formed(filled: str, value: Value, form: str | None) -> str:
    """`{note|hash}` is a short name for a text; `{party|lower}` a slug in small letters."""
    if form == "hash":
        return hashlib.sha256(value.text.encode()).hexdigest()[:8]
    return filled.lower() if form == "lower" else filled
