"""The shapes of light queries: what is the same in all that differ in their constants alone.

A reader of plain queries; whatever it does not know is not plain.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

from iisgraph.engine import Literal, NamedNode, Term
from iisgraph.errors import QueryError
from iisgraph.sparql import Token, resolve, tokens_of
from iisgraph.vocab import PREFIXES, TYPE, XSD

CONSTANT: Final = re.compile(r'(<[^<>"{}|^`\\\x00-\x20]*>|"[^"\\\r\n]*")')
_COMMENT: Final = re.compile(r"""(?:(?<=\n)|\A)[ \t]*#[^\r\n<>"']*(?=[\r\n]|\Z)""")
"""A line that is a comment, and holds nothing that could be taken for a constant."""

_PLAIN: Final = (
    "SELECT ASK CONSTRUCT DESCRIBE DISTINCT REDUCED WHERE BASE PREFIX OPTIONAL UNION FILTER "
    "LIMIT OFFSET ORDER BY ASC DESC A IN NOT LANG LANGMATCHES STR STRSTARTS STRENDS CONTAINS "
    "LCASE UCASE REGEX DATATYPE BOUND IF COALESCE ISIRI ISURI ISLITERAL SAMETERM STRLEN YEAR "
    "MONTH DAY TRUE FALSE "
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
    path: str = ""
    """How often a predicate is taken, if not once: `+` or `*`."""

    @property
    def is_fixed(self) -> bool:
        """Whether it is the same term in every solution."""
        return self.variable is None


Pattern: TypeAlias = tuple[Slot, Slot, Slot]


@dataclass(frozen=True)
class Shape:
    """What must be known of all queries that differ in their constants alone.

    `branches` are the groups of a UNION, or the one there is; `described` are the things
    of a DESCRIBE. `taken` is how many rows are asked for, if they are the first found,
    `made` how many triples each row becomes.
    """

    branches: Sequence[Sequence[Pattern]] = ()
    described: Sequence[Slot] = ()
    taken: int | None = None
    made: int = 1

    @cached_property
    def deciding(self) -> Sequence[int]:
        """The numbers of the constants that say which predicates are asked for."""
        predicates = {p[1].constant for branch in self.branches for p in branch}
        return sorted(number for number in predicates if number is not None)


def parted(sparql: str) -> tuple[str, Sequence[str]]:
    """A query with its constants blanked and its comments left out, and the constants."""
    parts = CONSTANT.split(sparql)
    constants = parts[1::2]
    parts[1::2] = ["<>" if constant[0] == "<" else '""' for constant in constants]
    return _uncommented("".join(parts)), constants


def _uncommented(blanked: str) -> str:
    """Without the lines that are comments, unless a string may hold what looks like one."""
    return blanked if "'" in blanked or "#" not in blanked else _COMMENT.sub("", blanked)


def read(blanked: str) -> Shape | None:
    """The shape of a query whose constants are blanked; None for what is not understood."""
    try:
        tokens = tokens_of(blanked)
        if len([t for t in tokens if t.text in _BLANKS]) != len(CONSTANT.findall(blanked)):
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
        if self._word() == "DESCRIBE":
            return Shape(described=[self._described(t) for t in self._tokens[self._at + 1 :]])
        made = self._template() if self._word() == "CONSTRUCT" else 1
        head = self._until("{")
        if not all(t.text.upper() in _HEADS or t.text[0] in "?$*" for t in head):
            raise _NotPlain
        branches = self._branches()
        rest = self._tokens[self._at :]
        if not all(branches) or any(token.text in _GROUPING for token in rest):
            raise _NotPlain
        return Shape(branches, taken=self._taken(head, rest, branches), made=made)

    def _template(self) -> int:
        """The number of triples that a CONSTRUCT makes of each solution."""
        self._at += 1
        self._expect("{")
        triples = list(self._group())
        if self._filtered or any(predicate.path for _, predicate, _ in triples):
            raise _NotPlain
        return max(1, len(triples))

    def _described(self, token: Token) -> Slot:
        slot = self._slot(token)
        if slot.variable or isinstance(slot.term, Literal) or slot.datatype not in (None, ""):
            raise _NotPlain
        return slot

    def _branches(self) -> Sequence[Sequence[Pattern]]:
        """The groups of a UNION that is all there is but for filters, or the one group."""
        if self._peek().text != "{":
            return [list(self._group())]
        branches: list[Sequence[Pattern]] = []
        while not branches or self._word() == "UNION":
            self._at += bool(branches)
            self._expect("{")
            branches.append(list(self._group()))
        if list(self._group()):
            raise _NotPlain
        return branches

    def _taken(
        self, head: Sequence[Token], rest: Sequence[Token], branches: Sequence[Sequence[Pattern]]
    ) -> int | None:
        """The rows asked for, where one pattern gives them as they come: `… LIMIT 10`."""
        words = [t.text.upper() for t in (*head, *rest) if t.kind == "word"]
        plain = [len(each) for each in branches] == [1] and not {
            "DISTINCT",
            "REDUCED",
            "ORDER",
        } & set(words)
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
            yield self._pattern(subject, predicate)
            while self._peek().text == ",":
                self._at += 1
                yield self._pattern(subject, predicate)
            while self._peek().text == ";":
                self._at += 1
            if self._tokens[self._at - 1].text != ";" or self._peek().text in (".", "}"):
                return

    def _pattern(self, subject: Slot, predicate: Slot) -> Pattern:
        value = self._slot(self._next())
        if predicate.path == "*" and not (subject.is_fixed or value.is_fixed):
            raise _NotPlain  # every node there is
        return subject, predicate, value

    def _predicate(self) -> Slot:
        token = self._next()
        is_type = token.kind == "word" and token.text == "a"
        slot = Slot(term=NamedNode(TYPE)) if is_type else self._slot(token)
        if isinstance(slot.term, Literal) or slot.language or slot.datatype:
            raise _NotPlain
        path = self._peek().text
        if path not in ("+", "*"):
            return slot
        self._at += 1
        if slot.variable or self._peek().text[0] in ".0123456789":
            raise _NotPlain
        return slot._replace(path=path)

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
