"""What a diagnosis has to say: one value per remark, with its place in the query."""

from dataclasses import asdict, dataclass
from typing import Any, Final

from iisgraph.engine import BlankNode, Literal, NamedNode, Term
from iisgraph.patterns import Part, Query
from iisgraph.sparql import position
from iisgraph.vocab import TYPE, XSD, shorten

_NUMBERS: Final = frozenset(XSD + name for name in ("integer", "decimal", "double", "float"))


@dataclass(frozen=True)
class Note:
    """A remark on a query; `line` and `column` count from 1 where the place is known."""

    rule: str
    message: str
    line: int | None = None
    column: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Its members as plain values, without a place that is not known."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def __str__(self) -> str:
        place = f"{self.line}:{self.column}: " if self.line is not None else ""
        return f"{place}{self.message} [{self.rule}]"


def note_at(sparql: str, offset: int, rule: str, message: str) -> Note:
    """A remark on what stands at an offset of the query."""
    return Note(rule, message, *position(sparql, offset))


def show(term: Term) -> str:
    """A term as it can be written in a query."""
    if isinstance(term, NamedNode):
        return shorten(term.value)
    if isinstance(term, BlankNode):
        return "a blank node"
    text, typed, _ = str(term).rpartition("^^<")
    return f"{text}^^{shorten(term.datatype.value)}" if typed else str(term)


def kind_of(term: Term) -> str:
    """What sort of term it is, in words that tell apart what is never equal."""
    if not isinstance(term, Literal):
        return "an IRI" if isinstance(term, NamedNode) else "a blank node"
    if term.language:
        return f"text in {term.language}"
    kind = term.datatype.value
    if kind in _NUMBERS:
        return "a number"
    return "plain text" if kind == XSD + "string" else shorten(kind)


def listed(words: list[str]) -> str:
    """Words as a sentence has them: a, b or c."""
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def quoted(query: Query, part: Part, size: int = 90) -> str:
    """A part of a query in quotes, on one line, not too long."""
    text = " ".join(query.alone(part).removesuffix(" .").split()).replace(f" <{TYPE}> ", " a ")
    return f"`{text if len(text) <= size else text[: size - 1].rstrip() + '…'}`"
