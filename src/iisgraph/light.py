"""Which queries are certainly cheap, so that they need no process of their own.

A query is light if it is a SELECT or ASK over joined triple patterns whose work is
bounded by counts: the matches of each pattern, and how far each join can fan out.
Everything else, and everything not understood, is not light. The shape of a query
is read once; a query that differs in its constants alone costs microseconds.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

from iisgraph.engine import DefaultGraph, Literal, NamedNode, Oxigraph, Term
from iisgraph.errors import QueryError
from iisgraph.sparql import Token, absolute, resolve, tokens_of
from iisgraph.statistics import Statistics
from iisgraph.vocab import BASE, PREFIXES, TYPE, XSD

MOST_WORK: Final = 20_000
"""Rows that all joins together may pass through; some ten milliseconds."""

_MOST_SCANNED: Final = 100_000
_COUNTED: Final = 1_000
_SHAPES: Final = 2_000

_CONSTANT: Final = re.compile(r'(<[^<>"{}|^`\\\x00-\x20]*>|"[^"\\\r\n]*")')
_COMMENT: Final = re.compile(r"""(?:(?<=\n)|\A)[ \t]*#[^\r\n<>"']*(?=[\r\n]|\Z)""")
"""A line that is a comment, and holds nothing that could be taken for a constant."""

_PLAIN: Final = (
    "SELECT ASK DISTINCT REDUCED WHERE BASE PREFIX OPTIONAL FILTER LIMIT OFFSET ORDER BY ASC "
    "DESC A IN NOT LANG LANGMATCHES STR STRSTARTS STRENDS CONTAINS LCASE UCASE REGEX "
    "DATATYPE BOUND IF COALESCE ISIRI ISURI ISLITERAL SAMETERM STRLEN YEAR MONTH DAY TRUE "
    "FALSE "
)
_WORDS: Final = frozenset(_PLAIN.split())
_GROUPING: Final = {"{", "}", "[", "]", "_"}
_BLANKS: Final = ("<>", '""')


class Slot(NamedTuple):
    """One place of a pattern: a variable, a fixed term, or the constant of that number.

    A constant is an IRI where the datatype is blank; the suffix is the local part of a
    name whose prefix the query declares, `base` the number of the IRI that it declares
    as its base.
    """

    variable: str | None = None
    term: Term | None = None
    constant: int | None = None
    language: str | None = None
    datatype: str | None = None
    suffix: str = ""
    base: int | None = None


Pattern: TypeAlias = tuple[Slot, Slot, Slot]


@dataclass(frozen=True)
class Shape:
    """What must be known of all queries that differ in their constants alone.

    `taken` is how many rows are asked for, if they are the first that are found.
    """

    patterns: Sequence[Pattern]
    taken: int | None


class Scale:
    """Weighs queries on one graph."""

    def __init__(self, engine: Oxigraph, statistics: Statistics) -> None:
        self._engine = engine
        self._statistics = statistics
        self._shape = lru_cache(_SHAPES)(_shape)

    def is_light(self, sparql: str) -> bool:
        """Whether the query is certainly cheap on this graph."""
        constants = _CONSTANT.findall(sparql)
        shape = self._shape(_uncommented(_CONSTANT.sub(_blanked, sparql)))
        if shape is None:
            return False
        try:
            bound = [tuple(_bind(slot, constants) for slot in p) for p in shape.patterns]
        except ValueError:
            return False  # no IRI, or one that would have to be resolved
        counts = [self._count(*terms) for terms in bound]
        if shape.taken is not None and len(counts) == 1:
            return shape.taken <= _COUNTED
        return sum(counts) <= _MOST_SCANNED and self._work(shape, bound, counts) <= MOST_WORK

    def _count(self, subject: Term | None, predicate: Term | None, value: Term | None) -> int:
        """The most statements that can match: by the statistics if they suffice, else counted."""
        known = self._statistics
        name = predicate.value if isinstance(predicate, NamedNode) else None
        most = known.predicates.get(name, 0) if name else known.size
        if value is not None and name == TYPE and subject is None:
            return known.classes.get(value.value, 0)
        if subject is not None:
            most = min(most, known.widest_out.get(name, 0) if name else known.widest_subject)
        elif value is not None and name:
            most = min(most, known.widest_in.get(name, 0))
        if most <= _COUNTED or (subject is None and value is None):
            return most
        if isinstance(subject, Literal) or not isinstance(predicate, NamedNode | None):
            return 0
        matches = self._engine.quads(subject, predicate, value, DefaultGraph())
        number = sum(1 for _ in islice(matches, _COUNTED))
        return number if number < _COUNTED else most

    def _work(
        self, shape: Shape, bound: Sequence[Sequence[Term | None]], counts: Sequence[int]
    ) -> int:
        """Rows that a left-deep join passes through, taking the narrowest pattern each time."""
        left = list(range(len(counts)))
        variables: set[str] = set()
        rows, work = 1, 0
        while left:
            widths = {
                i: self._width(shape.patterns[i], bound[i], counts[i], variables) for i in left
            }
            chosen = min(left, key=widths.__getitem__)
            left.remove(chosen)
            rows *= widths[chosen]
            work += rows
            variables |= {slot.variable for slot in shape.patterns[chosen] if slot.variable}
        return work

    def _width(
        self, pattern: Pattern, terms: Sequence[Term | None], count: int, variables: set[str]
    ) -> int:
        """How many rows a pattern can make of one row that binds these variables."""
        subject, predicate, value = (slot.variable in variables for slot in pattern)
        name = terms[1].value if isinstance(terms[1], NamedNode) else None
        widths = [count]
        if subject:
            known = self._statistics.widest_out.get(name, 0) if name else None
            widths.append(self._statistics.widest_subject if known is None else known)
        if value and name:
            widths.append(self._statistics.widest_in.get(name, 0))
        if subject and value and (name or predicate):
            widths.append(1)
        return min(widths)


def _bind(slot: Slot, constants: Sequence[str]) -> Term | None:
    """The term of a slot, with the constants of this query; None for a variable."""
    if slot.constant is None:
        return slot.term
    text = constants[slot.constant][1:-1]
    if slot.datatype == "":
        base = BASE if slot.base is None else constants[slot.base][1:-1]
        return NamedNode(_absolute(text, base) + slot.suffix)
    if slot.language:
        return Literal(text, language=slot.language)
    return Literal(text, datatype=NamedNode(slot.datatype or XSD + "string"))


def _absolute(text: str, base: str) -> str:
    """An IRI as the engine reads it, if it can be joined to its base as it is written.

    Raises:
        ValueError: if not: where it has dot segments, readers may differ (RFC 3986 §5.2).
    """
    found = absolute(base, text)
    if not text or "/." in base or not found.endswith(text):
        raise ValueError(f"<{text}> has to be resolved")
    return found


def _uncommented(blanked: str) -> str:
    """Without the lines that are comments, unless a string may hold what looks like one."""
    return blanked if "'" in blanked or "#" not in blanked else _COMMENT.sub("", blanked)


def _blanked(constant: re.Match[str]) -> str:
    return "<>" if constant[0][0] == "<" else '""'


def _shape(blanked: str) -> Shape | None:
    """The shape of a query whose constants are blanked; None for what is not understood."""
    try:
        tokens = list(tokens_of(blanked))
        if len([t for t in tokens if t.text in _BLANKS]) != len(_CONSTANT.findall(blanked)):
            return None  # one stands in a comment, where it is none
        return _Reader(tokens).shape()
    except (QueryError, _NotPlain, IndexError, KeyError, ValueError):
        return None


class _NotPlain(Exception):
    """Something that a light query does not have."""


class _Reader:
    """Reads the tokens of a plain query; whatever it does not know is not plain."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._declared: dict[str, int] = {}
        self._base: int | None = None
        self._at = 0
        constants = [t for t in tokens if t.kind in ("iri", "string")]
        self._numbers = {token.start: number for number, token in enumerate(constants)}
        if any(t.text not in _BLANKS for t in constants):
            raise _NotPlain

    def shape(self) -> Shape:
        if any(t.kind == "word" and t.text.upper() not in _WORDS for t in self._tokens):
            raise _NotPlain
        if self._word() == "BASE":
            self._base = self._numbers[self._tokens[1].start]
            self._at = 2
        while self._word() == "PREFIX":
            name, iri = self._tokens[self._at + 1 : self._at + 3]
            self._declared[name.text[:-1]] = self._numbers[iri.start]
            self._at += 3
        if self._word() not in ("SELECT", "ASK"):
            raise _NotPlain
        head = self._until("{")
        if not all(t.text.upper() in _HEADS or t.text[0] in "?$*" for t in head):
            raise _NotPlain
        patterns = list(self._group())
        rest = self._tokens[self._at :]
        if not patterns or any(token.text in _GROUPING for token in rest):
            raise _NotPlain
        return Shape(patterns, self._taken(head, rest, patterns))

    def _taken(
        self, head: Sequence[Token], rest: Sequence[Token], patterns: Sequence[Pattern]
    ) -> int | None:
        """The rows asked for, where one pattern gives them as they come: `… LIMIT 10`."""
        words = [t.text.upper() for t in (*head, *rest) if t.kind == "word"]
        plain = len(patterns) == 1 and not {"DISTINCT", "REDUCED", "ORDER"} & set(words)
        if not plain or "LIMIT" not in words or self._filtered:
            return None
        return sum(int(t.text) for t in rest if t.text.isdigit())

    _filtered = False

    def _group(self) -> Iterator[Pattern]:
        """The patterns between here, behind an opening brace, and the closing one."""
        while (token := self._next()).text != "}":
            word = token.text.upper() if token.kind == "word" else ""
            if word == "FILTER":
                self._filtered = True
                self._skip_expression()
            elif word == "OPTIONAL":
                self._filtered = True
                self._expect("{")
                yield from self._group()
            elif token.text != ".":
                yield from self._properties(self._slot(token))

    def _properties(self, subject: Slot) -> Iterator[Pattern]:
        while True:
            predicate = self._predicate()
            yield subject, predicate, self._slot(self._next())
            while self._peek().text == ",":
                self._at += 1
                yield subject, predicate, self._slot(self._next())
            while self._peek().text == ";":
                self._at += 1
            if self._tokens[self._at - 1].text != ";" or self._peek().text in (".", "}"):
                return

    def _predicate(self) -> Slot:
        token = self._next()
        if token.kind == "word" and token.text == "a":
            return Slot(term=NamedNode(TYPE))
        slot = self._slot(token)
        if isinstance(slot.term, Literal) or slot.language or slot.datatype:
            raise _NotPlain
        return slot

    def _slot(self, token: Token) -> Slot:
        if token.text[0] in "?$" and len(token.text) > 1:
            return Slot(variable=token.text[1:])
        if token.kind == "iri":
            return Slot(constant=self._numbers[token.start], datatype="", base=self._base)
        if token.kind == "string":
            return self._string(self._numbers[token.start])
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if prefix in self._declared and "\\" not in local:
                number = self._declared[prefix]
                return Slot(constant=number, datatype="", suffix=local, base=self._base)
            return Slot(term=NamedNode(self._resolved(token)))
        if token.text.isdigit():
            return Slot(term=Literal(token.text, datatype=NamedNode(XSD + "integer")))
        raise _NotPlain

    def _string(self, constant: int) -> Slot:
        following = self._peek()
        if following.text.startswith("@"):
            self._at += 1
            return Slot(constant=constant, language=following.text[1:])
        if following.text != "^^":
            return Slot(constant=constant, datatype=XSD + "string")
        self._at += 1
        return Slot(constant=constant, datatype=self._resolved(self._next()))

    def _resolved(self, token: Token) -> str:
        prefix = token.text.partition(":")[0]
        known = prefix in PREFIXES and prefix not in self._declared
        if token.kind != "name" or not known or "\\" in token.text:
            raise _NotPlain
        return resolve(token, PREFIXES)

    def _skip_expression(self) -> None:
        """Pass over a FILTER's condition: brackets, or a function with its brackets."""
        if self._peek().kind == "word":
            self._at += 1
        self._expect("(")
        depth = 1
        while depth:
            text = self._next().text
            if text in _GROUPING:
                raise _NotPlain
            depth += (text == "(") - (text == ")")

    def _until(self, text: str) -> list[Token]:
        start = self._at
        while self._next().text != text:
            pass
        return list(self._tokens[start : self._at - 1])

    def _expect(self, text: str) -> None:
        if self._next().text != text:
            raise _NotPlain

    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _word(self) -> str:
        token = self._peek()
        return token.text.upper() if token.kind == "word" else ""


_HEADS: Final = {"SELECT", "ASK", "DISTINCT", "REDUCED", "WHERE"}
